using Lxd.Core;
using Lxd.Linux.Archives;
using Lxd.Linux.Disks;

namespace Lxd.Linux.Tests.Archives;

public sealed class PackerTests : IDisposable
{
    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [InlineData("none", ArchiveKind.Tar)]
    [InlineData("gzip", ArchiveKind.TarGzip)]
    [InlineData("gzip -1", ArchiveKind.TarGzip)]
    [InlineData("gzip --rsyncable", ArchiveKind.TarGzip)]
    [InlineData("bzip2", ArchiveKind.TarBzip2)]
    [InlineData("xz", ArchiveKind.TarXz)]
    [InlineData("xz -0e --threads=1", ArchiveKind.TarXz)]
    [InlineData("lzma -1", ArchiveKind.TarLzma)]
    [InlineData("zstd", ArchiveKind.TarZstd)]
    [InlineData("zstd -1 -T1 --long", ArchiveKind.TarZstd)]
    [InlineData("squashfs", ArchiveKind.SquashFs)]
    [InlineData("squashfs -comp zstd -Xcompression-level 1 -b 256K", ArchiveKind.SquashFs)]
    public async Task WhatIsPackedUnpacks(string compressor, ArchiveKind kind)
    {
        MakeTree();
        await Pack(compressor);
        Assert.Equal(kind, Archive.Detect(_scratch["a"]));
        _scratch.Make("dst");
        await Unpacker.UnpackAsync(_scratch["a"], _scratch["dst"], new UnpackOptions(), default);
        Same("src", "dst/tree");
        Assert.Equal("index", File.ReadAllText(_scratch["dst/top/index.yaml"]));
    }

    [Fact]
    public async Task GnuTarReadsWhatIsPacked()
    {
        MakeTree();
        await Pack("none");
        _scratch.Shell("mkdir dst && tar --xattrs -xf a -C dst");
        Same("src", "dst/tree");
    }

    [Fact]
    public async Task OwnersShiftBothWays()
    {
        if (Environment.UserName != "root")
        {
            Console.WriteLine("skipped: changing owners needs root");
            return;
        }

        MakeTree();
        var there = new IdShift(id => id + 1_000_000, id => id + 1_000_000);
        var back = new IdShift(id => id - 1_000_000, id => id - 1_000_000);
        await Pack("none");
        _scratch.Make("dst");
        await Unpacker.UnpackAsync(_scratch["a"], _scratch["dst"], new UnpackOptions { Shift = there }, default);
        Assert.Equal("1000000:1000000", _scratch.Shell("stat -c %u:%g dst/tree/dir/file"));
        await using (var output = File.Create(_scratch["b"]))
        {
            await Packer.PackAsync(output, "none", [PackItem.Tree(_scratch["dst/tree"], "tree", back)], null, default);
        }

        Assert.Equal("0/0", _scratch.Shell("tar --numeric-owner -tvf b tree/dir/file | awk '{print $2}'"));
    }

    [Fact]
    public async Task TreesAreCopiedWhole()
    {
        MakeTree();
        _scratch.Make("dst");
        await TreeCopy.CopyAsync(_scratch["src"], _scratch["dst"], null, default);
        Same("src", "dst");
        TreeDelete.Delete(_scratch["dst"], default);
        Assert.False(Directory.Exists(_scratch["dst"]));
    }

    /// <summary>They run as the host's root: none may read or write a file of the caller's choice.</summary>
    [Theory]
    [InlineData("rm -rf")]
    [InlineData("/bin/sh")]
    [InlineData("zstd -d -f --pass-through -o /etc/passwd -- /tmp/mine")]
    [InlineData("zstd -o/etc/passwd")]
    [InlineData("zstd -3 --output-dir-flat /etc")]
    [InlineData("zstd --patch-from=/etc/shadow")]
    [InlineData("gzip -S .x /etc/passwd")]
    [InlineData("gzip /etc/passwd")]
    [InlineData("gzip -1/etc/passwd")]
    [InlineData("xz --files=/etc/shadow")]
    [InlineData("bzip2 -9 -k -f /etc/passwd")]
    [InlineData("lz4 -f - /etc/passwd")]
    [InlineData("squashfs -ef /etc/shadow")]
    [InlineData("squashfs -comp xz /etc/shadow")]
    [InlineData("squashfs -p 'x f 777 0 0 cat /etc/shadow'")]
    [InlineData("squashfs -Xbcj /etc/x")]
    public void UnknownCompressorsAreRefused(string compressor) => Assert.Throws<ApiException>(() => Packer.CheckCompressor(compressor));

    private async Task Pack(string compressor)
    {
        Packer.CheckCompressor(compressor);
        await using var output = File.Create(_scratch["a"]);
        await Packer.PackAsync(output, compressor, [PackItem.Text("top/index.yaml", "index"u8.ToArray()), PackItem.Tree(_scratch["src"], "tree")], null, default);
    }

    private void MakeTree()
    {
        _scratch.Write("src/dir/file", "hello");
        _scratch.Shell("cd src && ln dir/file hard && ln -s dir/file soft && mkfifo pipe && chmod 750 dir && touch -d @1500000000 dir/file && setfattr -n user.one -v two dir/file 2>/dev/null || true");
        _scratch.Shell("cd src && mkdir $(printf 'n%.0s' $(seq 200)) && echo x > $(printf 'n%.0s' $(seq 200))/y && printf x > \"$(printf 'bad\\377name')\"");
        _scratch.Shell("cd src && truncate -s 30M holes && echo 1 | dd of=holes bs=1M seek=5 conv=notrunc status=none && truncate -s 5M empty");
    }

    private void Same(string left, string right)
    {
        const string List = "find . -not -type d -printf '%p %y %m %U %G %s %T@ %l %n\\n' | sed 's/\\.[0-9]* / /' | LC_ALL=C sort";
        Assert.Equal(_scratch.Shell($"cd {left} && {List}"), _scratch.Shell($"cd {right} && {List}"));
        _scratch.Shell($"diff -r --no-dereference -x pipe {left} {right}");
        Assert.True(int.Parse(_scratch.Shell($"du -k {right}/holes | cut -f1"), System.Globalization.CultureInfo.InvariantCulture) <= 1024);
    }
}
