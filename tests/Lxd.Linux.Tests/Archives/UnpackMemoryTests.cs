using Lxd.Linux.Archives;

namespace Lxd.Linux.Tests.Archives;

/// <summary>However large an image is, and however it was packed, unpacking takes no more memory than is set aside for it.</summary>
public sealed class UnpackMemoryTests : IDisposable
{
    private const long Most = 270L << 20;
    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [InlineData("tar -cf - -C src . | xz -0 -T2 --block-size=8MiB", "xz")]
    [InlineData("tar -cf - -C src . | xz --lzma2=preset=0,dict=128MiB -T1", "xz")]
    [InlineData("tar -cf - -C src . | zstd -q -1 --long=28", "zstd")]
    [InlineData("mksquashfs src a -quiet -no-progress -comp zstd -Xcompression-level 1 -b 1M >&2; cat a; rm a", "unsquashfs")]
    public async Task ALargeImageTakesBoundedMemory(string pack, string tool)
    {
        // Most of it packs well, some not at all.
        _scratch.Shell($"mkdir src && head -c 160M /dev/zero >src/zeros && head -c 8M /dev/urandom >src/noise && {{ {pack}; }} >image && rm -r src");
        _scratch.Make("dst");
        using var done = new CancellationTokenSource();
        var peak = PeakAsync(tool, _scratch["image"], done.Token);
        await Unpacker.UnpackAsync(_scratch["image"], _scratch["dst"], new UnpackOptions(), default);
        await done.CancelAsync();
        Assert.InRange(await peak, 1, Most);
        Assert.Equal((160L << 20, 8L << 20), (new FileInfo(_scratch["dst/zeros"]).Length, new FileInfo(_scratch["dst/noise"]).Length));
    }

    /// <summary>The most memory that the children with this name had that unpack.</summary>
    private static async Task<long> PeakAsync(string tool, string image, CancellationToken ct)
    {
        long peak = 0;
        while (!ct.IsCancellationRequested)
        {
            foreach (var pid in Below("self"))
            {
                var command = Read($"/proc/{pid}/cmdline").Split('\0');
                if (command[0].EndsWith(tool, StringComparison.Ordinal) && (command.Contains("-dc") || command.Contains("-dcq") || command.Contains(image)))
                {
                    var line = Read($"/proc/{pid}/status").Split('\n').FirstOrDefault(l => l.StartsWith("VmHWM:", StringComparison.Ordinal));
                    peak = Math.Max(peak, line is null ? 0 : long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]) << 10);
                }
            }

            await Task.Delay(5, CancellationToken.None);
        }

        return peak;
    }

    /// <summary>The children of a process, theirs too: a confined tool has one that waits for it.</summary>
    private static List<string> Below(string pid)
    {
        try
        {
            var children = Directory.GetDirectories($"/proc/{pid}/task").SelectMany(t => Read(t + "/children").Split(' ', StringSplitOptions.RemoveEmptyEntries)).ToList();
            return [.. children, .. children.SelectMany(Below)];
        }
        catch (IOException)
        {
            return [];
        }
    }

    private static string Read(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (IOException)
        {
            return "";
        }
    }
}
