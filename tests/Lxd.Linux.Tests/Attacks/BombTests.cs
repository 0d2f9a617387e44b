using System.IO.Compression;
using Lxd.Core;
using Lxd.Linux.Archives;
using Lxd.Linux.Tests.Archives;

namespace Lxd.Linux.Tests.Attacks;

/// <summary>Files that would fill the memory, were they read. What is allocated is counted for the whole process, so nothing else may run beside these.</summary>
[Collection(Alone)]
public sealed class BombTests : IDisposable
{
    public const string Alone = "alone";

    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    /// <summary>Compressed zeros without end: what is asked for is told from the head, and nothing of it is held.</summary>
    [Fact]
    public async Task AFileOfGigabytesInATarIsNotRead()
    {
        using (var file = File.Create(_scratch["a.tar"]))
        using (var gzip = new GZipStream(file, CompressionLevel.Fastest))
        {
            gzip.Write(new RawTar().Add("metadata.yaml", '0', size: 5L << 30).Cut());
            gzip.Write(new byte[16 << 20]);
        }

        await IsRefusedUnreadAsync("a.tar");
    }

    [Fact]
    public async Task AFileOfGigabytesInASquashfsIsNotRead()
    {
        _scratch.Shell("mkdir src && truncate -s 200M src/metadata.yaml && mksquashfs src a.sqfs -quiet -no-progress");
        await IsRefusedUnreadAsync("a.sqfs");
    }

    private async Task IsRefusedUnreadAsync(string image)
    {
        var before = GC.GetTotalAllocatedBytes();
        var error = await Assert.ThrowsAsync<ApiException>(() => Unpacker.ReadFileAsync(_scratch[image], "metadata.yaml", 1 << 20, default));
        Assert.Equal((400, "Invalid archive: \"metadata.yaml\" is too large"), (error.Status, error.Message));
        Assert.InRange(GC.GetTotalAllocatedBytes() - before, 0, 16 << 20);
    }
}

[CollectionDefinition(BombTests.Alone, DisableParallelization = true)]
public sealed class AloneCollection;
