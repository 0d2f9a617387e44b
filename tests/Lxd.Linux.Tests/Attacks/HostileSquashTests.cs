using System.Buffers.Binary;
using Lxd.Core;
using Lxd.Linux.Archives;
using Lxd.Linux.Tests.Archives;

namespace Lxd.Linux.Tests.Attacks;

/// <summary>squashfs images that were made to do harm.</summary>
public sealed class HostileSquashTests : IDisposable
{
    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [InlineData("cut", 200)]
    [InlineData("cut", 96)]
    [InlineData("cut", 40)]
    [InlineData("inodes", 4)]
    [InlineData("block size", 12)]
    [InlineData("root inode", 32)]
    [InlineData("tables", 64)]
    [InlineData("directories", 72)]
    public async Task ASuperblockThatLiesIsRefused(string what, int at)
    {
        _scratch.Shell("mkdir src && head -c 200000 /dev/urandom >src/f && mksquashfs src a.sqfs -quiet -no-progress");
        var bytes = File.ReadAllBytes(_scratch["a.sqfs"]);
        if (what == "cut")
        {
            bytes = bytes[..at];
        }
        else
        {
            BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(at), 0xfffffff0);
        }

        File.WriteAllBytes(_scratch["a.sqfs"], bytes);
        Assert.Equal(400, (await Assert.ThrowsAsync<ApiException>(() => UnpackAsync())).Status);
        Assert.Equal("", _scratch.Shell("find dst -mindepth 1 -type f -size +0"));
    }

    [Fact]
    public async Task LinksNodesAndSetuidDoNoHarm()
    {
        _scratch.Write("outside/secret", "secret");
        _scratch.Shell("mkdir -p src/d && ln -s $PWD/outside src/up && ln -s ../outside/secret src/d/secret && printf x >src/f && chmod 6755 src/f");
        _scratch.Shell("mksquashfs src a.sqfs -quiet -no-progress -p 'disk b 666 0 0 8 0' -p 'mem c 666 0 0 1 1' -p 'null c 666 0 0 1 3'");
        await UnpackAsync();
        Assert.Equal("secret", _scratch.Shell("cat outside/secret"));
        Assert.Equal("d\nf\nnull\nup", _scratch.Shell("ls dst"));
        Assert.Equal("6755", _scratch.Shell("stat -c %a dst/f"));
    }

    [Fact]
    public async Task ALinkInPlaceOfAFileIsNotRead()
    {
        _scratch.Write("secret", "secret");
        _scratch.Shell("mkdir src && ln -s $PWD/secret src/metadata.yaml && mksquashfs src a.sqfs -quiet -no-progress");
        byte[]? read = null;
        var error = await Record.ExceptionAsync(async () => read = await Unpacker.ReadFileAsync(_scratch["a.sqfs"], "metadata.yaml", 1 << 20, default));
        Assert.True(error is ApiException { Status: 400 } || (error is null && read is null), $"{error}");
    }

    [Theory]
    [InlineData("../outside")]
    [InlineData("up")]
    [InlineData("*")]
    public async Task OnlyWhatIsNamedIsTakenOut(string prefix)
    {
        _scratch.Write("outside/secret", "secret");
        _scratch.Shell("mkdir src && ln -s $PWD/outside src/up && printf x >src/f && mksquashfs src a.sqfs -quiet -no-progress");
        _scratch.Make("dst");
        Assert.False(await Unpacker.UnpackTreeAsync(_scratch["a.sqfs"], prefix, _scratch["dst"], new UnpackOptions(), default));
        Assert.Equal("", _scratch.Shell("ls -A dst"));
    }

    private Task UnpackAsync()
    {
        _scratch.Make("dst");
        return Unpacker.UnpackAsync(_scratch["a.sqfs"], _scratch["dst"], new UnpackOptions(), default);
    }
}
