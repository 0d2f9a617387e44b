using Lxd.Linux.IdMaps;
using Lxd.Runtime.Interception;

namespace Lxd.Runtime;

/// <summary>Everything a start needs to know, and nothing of databases, pools or profiles.</summary>
public sealed record InstanceSpec(InstanceRef Instance)
{
    public required string Hostname { get; init; }

    /// <summary>The directory that becomes <c>/</c>.</summary>
    public required string RootFs { get; init; }

    /// <summary>The container's user namespace; empty for a privileged container.</summary>
    public IdMap IdMap { get; init; } = IdMap.Empty;

    /// <summary>The files on disk carry inner ids and are mapped by the mount (else they were shifted to host ids before).</summary>
    public bool IdmappedRoot { get; init; } = true;

    public bool Nesting { get; init; }

    /// <summary>LXD's name of the architecture; <c>i686</c> on x86_64 sets the personality.</summary>
    public string Architecture { get; init; } = "x86_64";

    public IReadOnlyList<MountSpec> Mounts { get; init; } = [];

    public IReadOnlyList<NicSpec> Nics { get; init; } = [];

    public IReadOnlyList<UnixDeviceSpec> UnixDevices { get; init; } = [];

    public ResourceLimits Limits { get; init; } = new();

    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>Kernel limits by name: <c>nofile</c> to <c>1024:2048</c>.</summary>
    public IReadOnlyDictionary<string, string> KernelLimits { get; init; } = new Dictionary<string, string>();

    public IReadOnlyDictionary<string, string> Sysctls { get; init; } = new Dictionary<string, string>();

    /// <summary>A whole seccomp policy in liblxc's format instead of the runtime's own; empty for its own.</summary>
    public string RawSeccomp { get; init; } = "";

    /// <summary>Lines added to the AppArmor profile.</summary>
    public string RawAppArmor { get; init; } = "";

    /// <summary>System calls to refuse besides those always refused, and those to allow only (empty: no such list).</summary>
    public IReadOnlyList<string> SyscallsDenied { get; init; } = [];

    public IReadOnlyList<string> SyscallsAllowed { get; init; } = [];

    /// <summary>Whether 32-bit programs can make no system calls.</summary>
    public bool DenyCompatSyscalls { get; init; }

    /// <summary>The calls the host makes for it; null for none, and never for a privileged container, whose calls the kernel does not refuse.</summary>
    public InterceptSettings? Intercept { get; init; }

    /// <summary>By what the calls say whose they are.</summary>
    public string Cookie { get; init; } = "";

    /// <summary>Whether calls that always harm (kexec, module loading) are refused.</summary>
    public bool DenyDefaultSyscalls { get; init; } = true;

    /// <summary>Lines of <c>raw.lxc</c>, last in the configuration.</summary>
    public string RawLxc { get; init; } = "";
}
