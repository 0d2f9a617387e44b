namespace Lxd.Linux.Archives;

/// <summary>Something to put into a tar: a tree, a file, or bytes.</summary>
public sealed record PackItem
{
    private PackItem(string name) => Name = name;

    /// <summary>The name in the archive (<c>rootfs</c>, <c>backup/index.yaml</c>).</summary>
    public string Name { get; }

    /// <summary>The file or directory read, with everything below; null for <see cref="Bytes"/>.</summary>
    public string? Path { get; private init; }

    public ReadOnlyMemory<byte> Bytes { get; private init; }

    /// <summary>Permission bits for <see cref="Bytes"/>.</summary>
    public uint Mode { get; private init; } = 0x1a4;

    /// <summary>Owners (also in ACLs and capabilities) to change on the way out; null keeps them.</summary>
    public IdShift? Shift { get; private init; }

    /// <summary>Names below <see cref="Path"/> (relative to it) to leave out.</summary>
    public Func<string, bool>? Exclude { get; private init; }

    public static PackItem Tree(string path, string name, IdShift? shift = null, Func<string, bool>? exclude = null) =>
        new(name) { Path = path, Shift = shift, Exclude = exclude };

    public static PackItem Text(string name, ReadOnlyMemory<byte> bytes) => new(name) { Bytes = bytes };
}
