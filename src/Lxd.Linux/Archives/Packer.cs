using System.IO.Compression;
using System.IO.Pipelines;
using Lxd.Core;
using Lxd.Core.Config;
using Lxd.Linux.Processes;

namespace Lxd.Linux.Archives;

/// <summary>Writes tar archives (pax format, with extended attributes, hard links and holes).</summary>
public static class Packer
{
    private const int PipeLimit = 4 << 20;

    /// <summary>What is written at once; the usual 4 kB make as many writes.</summary>
    private const int PipeSegment = 1 << 18;

    /// <summary>Writes the items in order, compressed as asked.</summary>
    /// <param name="output">Gets the archive by asynchronous writes; left open.</param>
    /// <param name="compressor"><c>none</c>, <c>gzip</c>, <c>bzip2</c>, <c>xz</c>, <c>lzma</c>, <c>zstd</c>, <c>lz4</c>, <c>pigz</c> or <c>squashfs</c>,
    /// with options after a space where the server's configuration has them.</param>
    /// <param name="progress">Gets the number of bytes of content read so far.</param>
    /// <param name="scratch">A file that may be made meanwhile (a squashfs needs one); it is removed. Empty for one in the host's directory of temporary files.</param>
    public static async Task PackAsync(Stream output, string compressor, IEnumerable<PackItem> items, Action<long>? progress, CancellationToken ct, string scratch = "")
    {
        var chosen = Compressor.Parse(compressor);
        switch (chosen.Name)
        {
            case "none":
                await InProcessAsync(output, s => s, items, progress, ct).ConfigureAwait(false);
                break;
            case "gzip" when chosen.Options.Count == 0 && PipedTool.Find("pigz") is null:
                await InProcessAsync(output, s => new GZipStream(s, CompressionLevel.Optimal), items, progress, ct).ConfigureAwait(false);
                break;
            case "squashfs":
                await SquashAsync(output, chosen.Options, items, progress, scratch.Length > 0 ? scratch : Path.Combine(Path.GetTempPath(), $"lxd_squashfs_{Guid.NewGuid():N}"), ct).ConfigureAwait(false);
                break;
            default:
                var (name, arguments) = Tool(chosen);
                await ThroughToolAsync(name, arguments, output, items, progress, ct).ConfigureAwait(false);
                break;
        }
    }

    /// <summary>Throws a bad request for a compressor that is unknown or not installed.</summary>
    public static void CheckCompressor(string compressor)
    {
        var chosen = Compressor.Parse(compressor);
        if (chosen.Name is "none" || (chosen.Name == "gzip" && chosen.Options.Count == 0))
        {
            return;
        }

        var tool = chosen.Name == "squashfs" ? "mksquashfs" : Tool(chosen).Name;
        if (PipedTool.Find(tool) is null)
        {
            throw ApiException.BadRequest($"Compression algorithm \"{chosen.Name}\" isn't currently supported: \"{tool}\" not found");
        }
    }

    private static (string Name, string[] Arguments) Tool(Compressor chosen)
    {
        var more = chosen.Options;
        return chosen.Name switch
        {
            "gzip" or "pigz" => (PipedTool.Find("pigz") is null ? "gzip" : "pigz", ["-c", .. more]),
            "bzip2" => (PipedTool.Find("lbzip2") is null ? "bzip2" : "lbzip2", ["-c", .. more]),
            "xz" => ("xz", ["-c", "-T0", .. more]),
            "lzma" => ("xz", ["-c", "--format=lzma", .. more]),
            "zstd" => ("zstd", ["-cq", "-T0", .. more]),
            _ => (chosen.Name, ["-c", .. more]),
        };
    }

    private static async Task InProcessAsync(Stream output, Func<Stream, Stream> wrap, IEnumerable<PackItem> items, Action<long>? progress, CancellationToken ct)
    {
        var pipe = new Pipe(new PipeOptions(pauseWriterThreshold: PipeLimit, resumeWriterThreshold: PipeLimit / 2, minimumSegmentSize: PipeSegment, useSynchronizationContext: false));
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var write = Blocking.RunAsync(
            () =>
            {
                Exception? error = null;
                try
                {
                    using var compressed = wrap(pipe.Writer.AsStream(leaveOpen: true));
                    Write(compressed, items, progress, stop.Token);
                }
                catch (Exception e)
                {
                    error = e;
                }

                pipe.Writer.Complete(error);
            },
            CancellationToken.None);
        try
        {
            await pipe.Reader.CopyToAsync(output, ct).ConfigureAwait(false);
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await pipe.Reader.CompleteAsync().ConfigureAwait(false);
            await write.ConfigureAwait(false);
        }
    }

    private static async Task ThroughToolAsync(string name, string[] arguments, Stream output, IEnumerable<PackItem> items, Action<long>? progress, CancellationToken ct)
    {
        await using var tool = PipedTool.Start(name, Confinement.Streams, arguments);
        await using var registration = ct.Register(tool.Kill);
        var copy = CopyOutAsync(tool, output, ct);
        await FeedAsync(tool, items, progress, ct).ConfigureAwait(false);
        await copy.ConfigureAwait(false);
        await tool.WaitAsync(ct).ConfigureAwait(false);
    }

    /// <summary>The tool needs a file it can seek in; it is handed on afterwards.</summary>
    private static async Task SquashAsync(Stream output, IReadOnlyList<string> more, IEnumerable<PackItem> items, Action<long>? progress, string file, CancellationToken ct)
    {
        try
        {
            File.Create(file).Dispose();
            await using (var tool = PipedTool.Start("mksquashfs", new Confinement { Writes = [file] }, ["-", file, "-tar", "-quiet", "-no-progress", "-noappend", .. more]))
            {
                await using var registration = ct.Register(tool.Kill);
                var drain = tool.Output.CopyToAsync(Stream.Null, ct);
                await FeedAsync(tool, items, progress, ct).ConfigureAwait(false);
                await drain.ConfigureAwait(false);
                await tool.WaitAsync(ct).ConfigureAwait(false);
            }

            await using var image = File.OpenRead(file);
            await image.CopyToAsync(output, 1 << 20, ct).ConfigureAwait(false);
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static async Task CopyOutAsync(PipedTool tool, Stream output, CancellationToken ct)
    {
        try
        {
            await tool.Output.CopyToAsync(output, ct).ConfigureAwait(false);
        }
        catch
        {
            tool.Kill(); // nobody takes the archive any more: the writer's end of the pipe must not block
            throw;
        }
    }

    private static async Task FeedAsync(PipedTool tool, IEnumerable<PackItem> items, Action<long>? progress, CancellationToken ct)
    {
        try
        {
            await Blocking.RunAsync(
                () =>
                {
                    using var buffered = new BufferedStream(tool.Input, 1 << 18);
                    Write(buffered, items, progress, ct);
                },
                ct).ConfigureAwait(false);
        }
        catch (IOException)
        {
            await tool.WaitAsync(ct).ConfigureAwait(false); // a tool that failed tells better why
            throw;
        }
    }

    private static void Write(Stream stream, IEnumerable<PackItem> items, Action<long>? progress, CancellationToken ct)
    {
        var writer = new TarWriter(stream, progress, ct);
        foreach (var item in items)
        {
            writer.Add(item);
        }

        writer.Finish();
    }
}
