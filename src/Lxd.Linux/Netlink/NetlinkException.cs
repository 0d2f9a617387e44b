namespace Lxd.Linux.Netlink;

/// <summary>The kernel refused a request.</summary>
public sealed class NetlinkException(string what, int error, string why) : IOException($"Failed to {what}: {why}")
{
    public const int NoSuchDevice = 19;
    public const int NotSupported = 95;
    private const int NotPermitted = 1;
    private const int NoSuchEntry = 2;
    private const int NoSuchProcess = 3;
    private const int Exists = 17;
    private const int NoSuchAddress = 99;

    /// <summary>The errno.</summary>
    public int Error => error;

    /// <summary>The kernel does not know this kind of link, or not this feature.</summary>
    public bool IsNotSupported => error == NotSupported;

    /// <summary>What was to be removed or changed is not there.</summary>
    public bool IsMissing => error is NoSuchDevice or NoSuchEntry or NoSuchProcess or NoSuchAddress;

    /// <summary>What was to be added is there already.</summary>
    public bool IsThere => error == Exists;

    public bool IsNotPermitted => error == NotPermitted;
}
