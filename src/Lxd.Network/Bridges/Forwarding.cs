using Lxd.Network.Nics;

namespace Lxd.Network.Bridges;

/// <summary>Has the host pass packets on between its links.</summary>
internal static class Forwarding
{
    public static void Enable(bool ipv4)
    {
        var path = ipv4 ? "net/ipv4/ip_forward" : "net/ipv6/conf/all/forwarding";
        if (Sysctl.Get(path) == "1")
        {
            return;
        }

        if (!ipv4)
        {
            KeepAdvertisements();
        }

        Sysctl.TrySet(path, "1");
    }

    /// <summary>A host that forwards no longer listens to routers, unless a link is told to listen all the same: it would lose its own addresses.</summary>
    private static void KeepAdvertisements()
    {
        const string links = "/proc/sys/net/ipv6/conf";
        foreach (var link in Directory.Exists(links) ? Directory.EnumerateDirectories(links).Select(Path.GetFileName) : [])
        {
            if (Sysctl.Get($"net/ipv6/conf/{link}/accept_ra") == "1")
            {
                Sysctl.TrySet($"net/ipv6/conf/{link}/accept_ra", "2");
            }
        }
    }
}
