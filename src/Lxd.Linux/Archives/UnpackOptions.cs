namespace Lxd.Linux.Archives;

/// <summary>How an archive is unpacked; the defaults suit an image of a container.</summary>
public sealed record UnpackOptions
{
    /// <summary>Owners to change on the way; null keeps them.</summary>
    public IdShift? Shift { get; init; }

    /// <summary>Gets the number of bytes of the archive file read so far.</summary>
    public Action<long>? Progress { get; init; }

    /// <summary>Where an entry goes: gets its name without leading <c>./</c>, returns the path below the destination, or null to leave it out.
    /// An empty result is the destination itself. Not used for squashfs, which is unpacked whole.</summary>
    public Func<string, string?>? Map { get; init; }

    public DevicePolicy Devices { get; init; } = DevicePolicy.Harmless;

    /// <summary>Most bytes of file content written.</summary>
    public long MaxBytes { get; init; } = 1L << 40;

    /// <summary>Most entries made.</summary>
    public long MaxEntries { get; init; } = 10_000_000;

    /// <summary>What the names of directories may take together, in characters, since they are kept until the end: twenty times those of an operating system.</summary>
    public long MaxNames { get; init; } = 64 << 20;

    /// <summary>Most memory the squashfs tool may use, in MiB.</summary>
    public int SquashMemory { get; init; } = 256;
}

/// <summary>Which device nodes of an archive are made; the others are left out.</summary>
public enum DevicePolicy
{
    None,

    /// <summary>Overlay whiteouts and the nodes every container has: null, zero, full, random, urandom, tty, console, ptmx.</summary>
    Harmless,
    All,
}
