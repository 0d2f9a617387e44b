namespace Lxd.Linux.Archives;

/// <summary>Writes tar archives (pax format, with extended attributes, hard links and holes).</summary>
public static class Packer
{
    /// <summary>Writes the items in order, compressed as asked.</summary>
    /// <param name="output">Gets the archive; left open.</param>
    /// <param name="compressor"><c>none</c>, <c>gzip</c>, <c>bzip2</c>, <c>xz</c>, <c>lzma</c>, <c>zstd</c>, <c>lz4</c>, <c>pigz</c> or <c>squashfs</c>,
    /// with options after a space where the server's configuration has them.</param>
    /// <param name="progress">Gets the number of bytes of content read so far.</param>
    public static Task PackAsync(Stream output, string compressor, IEnumerable<PackItem> items, Action<long>? progress, CancellationToken ct) =>
        throw new NotImplementedException();

    /// <summary>Throws a bad request for a compressor that is unknown or not installed.</summary>
    public static void CheckCompressor(string compressor) => throw new NotImplementedException();
}
