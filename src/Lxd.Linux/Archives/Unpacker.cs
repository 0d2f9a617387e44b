namespace Lxd.Linux.Archives;

/// <summary>Unpacks archives of unknown origin: nothing is ever written outside the destination, whatever names and links the archive has.</summary>
public static class Unpacker
{
    /// <summary>Unpacks a tar of any compression or a squashfs into an existing directory.</summary>
    public static Task UnpackAsync(string file, string destination, UnpackOptions options, CancellationToken ct) =>
        throw new NotImplementedException();

    /// <summary>Reads one regular file out of an archive (<c>metadata.yaml</c>, <c>backup/index.yaml</c>); null where it has none.
    /// Stops reading the archive as soon as the file is found.</summary>
    /// <param name="maxBytes">A larger file is a bad request.</param>
    public static Task<byte[]?> ReadFileAsync(string file, string name, int maxBytes, CancellationToken ct) =>
        throw new NotImplementedException();

    /// <summary>Whether a tar has an entry of exactly this name (leading <c>./</c> and trailing <c>/</c> ignored).</summary>
    public static Task<bool> HasEntryAsync(string file, string name, CancellationToken ct) =>
        throw new NotImplementedException();
}
