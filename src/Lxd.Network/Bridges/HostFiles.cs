using System.Net;

namespace Lxd.Network.Bridges;

/// <summary>What DHCP knows of NICs beforehand: a file for each.</summary>
public static class HostFiles
{
    /// <summary>Makes these all that DHCP knows, and has it read what changed.</summary>
    public static void Replace(BridgeSpec bridge, IReadOnlyList<StaticHost> hosts)
    {
        Directory.CreateDirectory(bridge.HostsDirectory);
        var files = hosts.Where(h => h.Hwaddr.Length > 0 && bridge.HasServer).Select(h => h.File).ToHashSet();
        var changed = false;
        foreach (var old in Directory.EnumerateFiles(bridge.HostsDirectory).Where(f => !files.Contains(Path.GetFileName(f))).ToList())
        {
            File.Delete(old);
            changed = true;
        }

        foreach (var host in hosts)
        {
            changed |= Save(bridge, host);
        }

        if (changed)
        {
            Dnsmasq.Reload(bridge);
        }
    }

    /// <summary>Whether DHCP has been told of a NIC.</summary>
    public static bool Knows(BridgeSpec bridge, StaticHost host) => File.Exists(Path.Combine(bridge.HostsDirectory, host.File));

    /// <summary>Writes what DHCP knows of one NIC; nothing happens where it knows that already.</summary>
    public static void Write(BridgeSpec bridge, StaticHost host)
    {
        if (Save(bridge, host))
        {
            Dnsmasq.Reload(bridge);
        }
    }

    /// <summary>The static addresses of all NICs but the one of the file.</summary>
    public static IEnumerable<string> Addresses(BridgeSpec bridge, string but) => !Directory.Exists(bridge.HostsDirectory) ? []
        : Directory.EnumerateFiles(bridge.HostsDirectory).Where(f => Path.GetFileName(f) != but).SelectMany(f => File.ReadAllText(f).Trim().Split(',')).Select(p => p.Trim('[', ']')).Where(p => IPAddress.TryParse(p, out _));

    private static bool Save(BridgeSpec bridge, StaticHost host)
    {
        if (host.Hwaddr.Length == 0 || !bridge.HasServer)
        {
            return false;
        }

        var text = host.Text(bridge.Get("dns.mode") == "managed");
        var path = Path.Combine(bridge.HostsDirectory, host.File);
        if (File.Exists(path) && File.ReadAllText(path) == text)
        {
            return false;
        }

        Directory.CreateDirectory(bridge.HostsDirectory);
        File.WriteAllText(path, text);
        return true;
    }
}
