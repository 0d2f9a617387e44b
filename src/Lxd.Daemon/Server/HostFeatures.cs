namespace Lxd.Daemon.Server;

/// <summary>What the kernel, liblxc and the firewall of this host can do, found out once at the start.</summary>
internal sealed record HostFeatures(string LxcVersion, IReadOnlyDictionary<string, string> Lxc, IReadOnlyDictionary<string, string> Kernel, string Firewall)
{
    public static HostFeatures Unknown { get; } = new("", new Dictionary<string, string>(), new Dictionary<string, string>(), "");
}
