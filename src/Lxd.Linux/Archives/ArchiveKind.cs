namespace Lxd.Linux.Archives;

/// <summary>What a file is by its first bytes.</summary>
public enum ArchiveKind
{
    Unknown,
    Tar,
    TarGzip,
    TarBzip2,
    TarXz,
    TarLzma,
    TarZstd,
    TarLz4,
    SquashFs,
    Qcow2,
}
