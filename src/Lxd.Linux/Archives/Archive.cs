namespace Lxd.Linux.Archives;

/// <summary>What kind of archive a file is, and the words for it.</summary>
public static class Archive
{
    private const int HeadLength = 512;

    /// <summary>Looks at the first bytes; <see cref="ArchiveKind.Unknown"/> for anything else.</summary>
    public static ArchiveKind Detect(string path)
    {
        Span<byte> head = stackalloc byte[HeadLength];
        using var file = File.OpenRead(path);
        var length = file.ReadAtLeast(head, HeadLength, throwOnEndOfStream: false);
        return Detect(head[..length]);
    }

    /// <inheritdoc cref="Detect(string)"/>
    public static ArchiveKind Detect(ReadOnlySpan<byte> head)
    {
        if (head.StartsWith("BZh"u8))
        {
            return ArchiveKind.TarBzip2;
        }

        if (head.StartsWith((ReadOnlySpan<byte>)[0x1f, 0x8b]))
        {
            return ArchiveKind.TarGzip;
        }

        if (head.StartsWith((ReadOnlySpan<byte>)[0xfd, (byte)'7', (byte)'z', (byte)'X', (byte)'Z', 0]))
        {
            return ArchiveKind.TarXz;
        }

        if (head.StartsWith((ReadOnlySpan<byte>)[0x28, 0xb5, 0x2f, 0xfd]))
        {
            return ArchiveKind.TarZstd;
        }

        if (head.StartsWith((ReadOnlySpan<byte>)[0x04, 0x22, 0x4d, 0x18]))
        {
            return ArchiveKind.TarLz4;
        }

        if (head.StartsWith("hsqs"u8))
        {
            return ArchiveKind.SquashFs;
        }

        if (head.StartsWith((ReadOnlySpan<byte>)[(byte)'Q', (byte)'F', (byte)'I', 0xfb]))
        {
            return ArchiveKind.Qcow2;
        }

        if (head.Length >= 262 && head.Slice(257, 5).SequenceEqual("ustar"u8))
        {
            return ArchiveKind.Tar;
        }

        return head.StartsWith((ReadOnlySpan<byte>)[0x5d, 0, 0]) ? ArchiveKind.TarLzma : ArchiveKind.Unknown;
    }

    /// <summary>The ending a file of this kind has: <c>.tar.xz</c>, <c>.squashfs</c>, ...</summary>
    public static string Extension(this ArchiveKind kind) => kind switch
    {
        ArchiveKind.Tar => ".tar",
        ArchiveKind.TarGzip => ".tar.gz",
        ArchiveKind.TarBzip2 => ".tar.bz2",
        ArchiveKind.TarXz => ".tar.xz",
        ArchiveKind.TarLzma => ".tar.lzma",
        ArchiveKind.TarZstd => ".tar.zst",
        ArchiveKind.TarLz4 => ".tar.lz4",
        ArchiveKind.SquashFs => ".squashfs",
        ArchiveKind.Qcow2 => ".qcow2",
        _ => "",
    };

    public static bool IsTar(this ArchiveKind kind) => kind is >= ArchiveKind.Tar and <= ArchiveKind.TarLz4;
}
