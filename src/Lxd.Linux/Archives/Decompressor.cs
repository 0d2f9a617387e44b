using System.IO.Compression;
using Lxd.Linux.Processes;

namespace Lxd.Linux.Archives;

/// <summary>The tar inside a compressed file as a stream. gzip is read in this process, the rest through the host's tools, fed through a pipe.</summary>
internal sealed class Decompressor : IAsyncDisposable
{
    private const int BufferSize = 1 << 18;

    /// <summary>Four times what the best packing of xz takes to unpack, and as much as a window of 2^28 bytes of zstd.</summary>
    private const string MostMemory = "--memlimit-decompress=256MiB";

    private readonly FileStream _file;
    private readonly PipedTool? _tool;
    private readonly Task _feed;
    private readonly CancellationTokenRegistration _registration;

    private Decompressor(FileStream file, Stream tar, PipedTool? tool, Task feed, CancellationToken ct)
    {
        _file = file;
        _tool = tool;
        _feed = feed;
        Tar = tar;
        _registration = ct.Register(() => _tool?.Kill());
    }

    public Stream Tar { get; }

    public static Decompressor Open(string path, Action<long>? progress, CancellationToken ct)
    {
        var kind = Archive.Detect(path);
        if (!kind.IsTar())
        {
            throw BadArchive.Because("not a tar of a known compression");
        }

        var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, BufferSize, FileOptions.SequentialScan);
        Stream source = progress is null ? file : new CountingStream(file, progress);
        if (kind == ArchiveKind.Tar)
        {
            return new Decompressor(file, source, null, Task.CompletedTask, ct);
        }

        if (kind == ArchiveKind.TarGzip)
        {
            // The class takes a file that ends within its header for one of nothing.
            const int Least = 18;
            if (source.Length < Least)
            {
                throw BadArchive.Because("unexpected end of file");
            }

            return new Decompressor(file, new BufferedStream(new GZipStream(source, CompressionMode.Decompress), BufferSize), null, Task.CompletedTask, ct);
        }

        try
        {
            var (name, arguments) = Tool(kind);
            var tool = PipedTool.Start(name, Confinement.Streams, arguments);
            return new Decompressor(file, new BufferedStream(tool.Output, BufferSize), tool, FeedAsync(source, tool.Input, ct), ct);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Call after the last entry was read: throws where the tool found the file broken.</summary>
    public async Task FinishAsync(CancellationToken ct)
    {
        if (_tool is null)
        {
            return;
        }

        await Tar.CopyToAsync(Stream.Null, ct).ConfigureAwait(false);
        await _feed.ConfigureAwait(false);
        await _tool.WaitAsync(ct).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        await _registration.DisposeAsync().ConfigureAwait(false);
        if (_tool is not null)
        {
            await _tool.DisposeAsync().ConfigureAwait(false);
        }

        await _feed.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _file.DisposeAsync().ConfigureAwait(false);
    }

    private static (string Name, string[] Arguments) Tool(ArchiveKind kind) => kind switch
    {
        ArchiveKind.TarXz => ("xz", ["-dc", "-T0", MostMemory]),
        ArchiveKind.TarLzma => ("xz", ["-dc", "--format=lzma", MostMemory]),
        ArchiveKind.TarZstd => ("zstd", ["-dcq", "--long=28"]),
        ArchiveKind.TarLz4 => ("lz4", ["-dc"]),
        _ => (PipedTool.Find("lbzip2") is null ? "bzip2" : "lbzip2", ["-dc"]),
    };

    private static async Task FeedAsync(Stream source, Stream input, CancellationToken ct)
    {
        try
        {
            await source.CopyToAsync(input, BufferSize, ct).ConfigureAwait(false);
            input.Close();
        }
        catch (IOException)
        {
            // the tool ended early: its exit status tells why, or nobody wants the rest
        }
    }
}
