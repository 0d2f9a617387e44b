namespace Lxd.Runtime.Interception;

/// <summary>The system calls the host makes for a container that may not make them itself.</summary>
public sealed record InterceptSettings
{
    public bool Mknod { get; init; }
    public bool Setxattr { get; init; }
    public bool Sysinfo { get; init; }
    public bool Scheduler { get; init; }
    public bool Bpf { get; init; }

    /// <summary>Whether programs that decide about devices are loaded and attached for it.</summary>
    public bool BpfDevices { get; init; }

    public bool Mount { get; init; }

    /// <summary>File systems the host's kernel mounts for it.</summary>
    public IReadOnlyList<string> MountAllowed { get; init; } = [];

    /// <summary>File systems that a program inside serves instead: type to program.</summary>
    public IReadOnlyDictionary<string, string> MountFuse { get; init; } = new Dictionary<string, string>();

    public bool MountShift { get; init; }

    public bool Any => Mknod || Setxattr || Sysinfo || Scheduler || Bpf || Mount;
}
