using Lxd.Core.Config;

namespace Lxd.Daemon.Networks;

/// <summary>The networks of the server that a restricted project may use, and sees.</summary>
internal static class NetworkAccess
{
    /// <param name="managed">Whether it is the server's own and not just an interface of the host.</param>
    public static bool Allows(IReadOnlyDictionary<string, string> project, string network, bool managed)
    {
        if (!Checks.IsTrue(project.GetValueOrDefault("restricted")))
        {
            return true;
        }

        var nics = project.GetValueOrDefault("restricted.devices.nic", "");
        return nics != "block" && (managed || nics == "allow") && IsListed(project, network);
    }

    /// <summary>Whether <c>restricted.networks.access</c> names it, or names none.</summary>
    public static bool IsListed(IReadOnlyDictionary<string, string> project, string network) =>
        project.GetValueOrDefault("restricted.networks.access", "") is not { Length: > 0 } list || list.Split(',', StringSplitOptions.TrimEntries).Contains(network);
}
