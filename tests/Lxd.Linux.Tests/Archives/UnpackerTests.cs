using System.Formats.Tar;
using Lxd.Core;
using Lxd.Linux.Archives;
using TarWriter = System.Formats.Tar.TarWriter;

namespace Lxd.Linux.Tests.Archives;

public sealed class UnpackerTests : IDisposable
{
    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [InlineData("tar -cf a.tar -C src .", ArchiveKind.Tar)]
    [InlineData("tar -czf a.tar -C src .", ArchiveKind.TarGzip)]
    [InlineData("tar -cjf a.tar -C src .", ArchiveKind.TarBzip2)]
    [InlineData("tar -cJf a.tar -C src .", ArchiveKind.TarXz)]
    [InlineData("tar -c -C src . | xz --format=lzma > a.tar", ArchiveKind.TarLzma)]
    [InlineData("tar -c -C src . | zstd -q > a.tar", ArchiveKind.TarZstd)]
    [InlineData("tar -c -C src . | lz4 -q > a.tar", ArchiveKind.TarLz4)]
    [InlineData("mksquashfs src a.tar -quiet -no-progress", ArchiveKind.SquashFs)]
    public async Task EveryKindUnpacksToTheSame(string pack, ArchiveKind kind)
    {
        MakeTree();
        _scratch.Shell(pack);
        Assert.Equal(kind, Archive.Detect(_scratch["a.tar"]));
        await Unpack();
        AssertSame();
        Assert.Equal("hello", System.Text.Encoding.UTF8.GetString((await Unpacker.ReadFileAsync(_scratch["a.tar"], "dir/file", 100, default))!));
        Assert.Null(await Unpacker.ReadFileAsync(_scratch["a.tar"], "dir/none", 100, default));
    }

    [Theory]
    [InlineData("tar -czf a.tar -C src .")]
    [InlineData("mksquashfs src a.tar -quiet -no-progress")]
    public async Task OneDirectoryOrOneFileIsTakenOut(string pack)
    {
        _scratch.Write("src/a/b/file", "hello");
        _scratch.Write("src/a/bb/other", "not this");
        _scratch.Shell("mkdir -p src/a/b/deep && chmod 2751 src/a/b && truncate -s 1M src/a/zeros && printf x >> src/a/zeros");
        _scratch.Shell(pack);
        var target = _scratch.Make("out");
        Assert.True(await Unpacker.UnpackTreeAsync(_scratch["a.tar"], "a/b", target, new UnpackOptions(), default));
        Assert.Equal(["deep", "file"], Directory.GetFileSystemEntries(target).Select(p => Path.GetFileName(p)).Order());
        Assert.Equal("2751", _scratch.Shell("stat -c %a out"));
        Assert.False(await Unpacker.UnpackTreeAsync(_scratch["a.tar"], "a/c", _scratch.Make("none"), new UnpackOptions(), default));
        Assert.Empty(Directory.GetFileSystemEntries(_scratch["none"]));
        using var content = new MemoryStream();
        Assert.True(await Unpacker.StreamFileAsync(_scratch["a.tar"], "a/zeros", content, default));
        Assert.Equal(((1 << 20) + 1, (byte)'x'), ((int)content.Length, content.ToArray()[^1]));
        Assert.False(await Unpacker.StreamFileAsync(_scratch["a.tar"], "a/nothing", content, default));
    }

    [Theory]
    [InlineData("--format=gnu --sparse")]
    [InlineData("--format=pax --sparse --sparse-version=0.0")]
    [InlineData("--format=pax --sparse --sparse-version=0.1")]
    [InlineData("--format=pax --sparse --sparse-version=1.0")]
    [InlineData("--format=ustar")]
    public async Task TarDialectsKeepLongNamesAndHoles(string options)
    {
        MakeTree();
        if (!options.Contains("ustar", StringComparison.Ordinal))
        {
            _scratch.Shell("mkdir src/$(printf 'n%.0s' $(seq 200)); echo x > src/$(printf 'n%.0s' $(seq 200))/$(printf 'm%.0s' $(seq 200)); ln -s $(printf 'z%.0s' $(seq 300)) src/longlink");
        }

        _scratch.Shell("truncate -s 40M src/holes; for i in 1 3 5 7 9 11; do echo $i | dd of=src/holes bs=1M seek=$i conv=notrunc status=none; done");
        _scratch.Shell($"tar {options} -cf a.tar -C src .");
        await Unpack();
        AssertSame();
        if (options.Contains("sparse", StringComparison.Ordinal))
        {
            Assert.True(int.Parse(_scratch.Shell("du -k dst/holes | cut -f1"), System.Globalization.CultureInfo.InvariantCulture) < 1024);
        }
    }

    [Theory]
    [InlineData("../evil")]
    [InlineData("a/../../evil")]
    public async Task NamesThatLeadOutsideAreRefused(string name)
    {
        WriteTar(w => w.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, name)));
        await Assert.ThrowsAsync<ApiException>(Unpack);
        Assert.False(File.Exists(_scratch["evil"]));
    }

    [Fact]
    public async Task AnAbsoluteNameLandsInside()
    {
        WriteTar(w => w.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, _scratch["evil"]) { DataStream = new MemoryStream([1]) }));
        await Unpack();
        Assert.False(File.Exists(_scratch["evil"]));
        Assert.True(File.Exists(_scratch["dst"] + _scratch["evil"]));
    }

    [Theory]
    [InlineData("/")]
    [InlineData("../")]
    public async Task SymlinksDoNotLeadOutside(string up)
    {
        _scratch.Make("outside");
        var target = up == "/" ? _scratch["outside"] : "../outside";
        WriteTar(w =>
        {
            w.WriteEntry(new PaxTarEntry(TarEntryType.Directory, "outside"));
            w.WriteEntry(new PaxTarEntry(TarEntryType.SymbolicLink, "link") { LinkName = target });
            w.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, "link/evil") { DataStream = new MemoryStream([1]) });
        });
        await Record.ExceptionAsync(Unpack);
        Assert.Empty(Directory.GetFileSystemEntries(_scratch["outside"]));
    }

    [Fact]
    public async Task HardLinksDoNotReachOutside()
    {
        var secret = _scratch.Write("secret", "secret");
        WriteTar(w =>
        {
            w.WriteEntry(new PaxTarEntry(TarEntryType.SymbolicLink, "up") { LinkName = _scratch[""] });
            w.WriteEntry(new PaxTarEntry(TarEntryType.HardLink, "stolen") { LinkName = "up/secret" });
        });
        await Assert.ThrowsAnyAsync<Exception>(Unpack);
        WriteTar(w => w.WriteEntry(new PaxTarEntry(TarEntryType.HardLink, "stolen") { LinkName = secret }));
        await Assert.ThrowsAnyAsync<Exception>(Unpack);
        Assert.False(File.Exists(_scratch["dst/stolen"]));
    }

    [Fact]
    public async Task AFileIsNotWrittenThroughASymlink()
    {
        var victim = _scratch.Write("victim", "kept");
        WriteTar(w =>
        {
            w.WriteEntry(new PaxTarEntry(TarEntryType.SymbolicLink, "f") { LinkName = victim });
            w.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, "f") { DataStream = new MemoryStream("new"u8.ToArray()) });
        });
        await Unpack();
        Assert.Equal("kept", File.ReadAllText(victim));
        Assert.Equal("new", File.ReadAllText(_scratch["dst/f"]));
    }

    [Fact]
    public async Task DevicesThatMatterAreLeftOut()
    {
        if (Environment.UserName != "root")
        {
            Console.WriteLine("skipped: making devices needs root");
            return;
        }

        WriteTar(w =>
        {
            w.WriteEntry(new PaxTarEntry(TarEntryType.BlockDevice, "disk") { DeviceMajor = 8, DeviceMinor = 0 });
            w.WriteEntry(new PaxTarEntry(TarEntryType.CharacterDevice, "mem") { DeviceMajor = 1, DeviceMinor = 1 });
            w.WriteEntry(new PaxTarEntry(TarEntryType.CharacterDevice, "null") { DeviceMajor = 1, DeviceMinor = 3 });
        });
        await Unpack();
        Assert.Equal("null", Path.GetFileName(Assert.Single(Directory.GetFileSystemEntries(_scratch["dst"]))));
    }

    [Fact]
    public async Task LimitsStopABomb()
    {
        WriteTar(w =>
        {
            w.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, "a") { DataStream = new MemoryStream(new byte[1000]) });
            w.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, "b") { DataStream = new MemoryStream(new byte[1000]) });
        });
        await Assert.ThrowsAsync<ApiException>(() => Unpack(new UnpackOptions { MaxBytes = 1500 }));
        await Assert.ThrowsAsync<ApiException>(() => Unpack(new UnpackOptions { MaxEntries = 1 }));
    }

    /// <summary>Nothing but zeros that says it needs a dictionary of 768 MiB, which would fill as it is unpacked.</summary>
    [Fact]
    public async Task AnXzThatAsksForMuchMemoryIsRefused()
    {
        _scratch.Shell("mkdir src && truncate -s 64M src/zeros && tar -cf - -C src . | xz -0 --threads=1 > a.tar");
        var bytes = File.ReadAllBytes(_scratch["a.tar"]);
        const int Header = 12;
        const int Dictionary = Header + 4;
        Assert.Equal((0x21, 1), (bytes[Dictionary - 2], bytes[Dictionary - 1]));
        bytes[Dictionary] = 35;
        var length = (bytes[Header] + 1) * 4;
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(Header + length - 4), Crc32(bytes.AsSpan(Header, length - 4)));
        File.WriteAllBytes(_scratch["a.tar"], bytes);
        Assert.Contains("emory", (await Assert.ThrowsAsync<ApiException>(Unpack)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task MappingChoosesAndRenames()
    {
        MakeTree();
        _scratch.Shell("tar -cf a.tar src");
        await Unpack(new UnpackOptions { Map = n => n.StartsWith("src/dir", StringComparison.Ordinal) ? n["src/dir".Length..] : null });
        Assert.Equal("hello", File.ReadAllText(_scratch["dst/file"]));
        Assert.False(Directory.Exists(_scratch["dst/src"]));
        Assert.True(await Unpacker.HasEntryAsync(_scratch["a.tar"], "src/dir", default));
        Assert.False(await Unpacker.HasEntryAsync(_scratch["a.tar"], "src/di", default));
    }

    [Fact]
    public async Task BrokenArchivesAreBadRequests()
    {
        MakeTree();
        _scratch.Shell("tar -cf b.tar -C src . && head -c 1700 b.tar > a.tar");
        await Assert.ThrowsAsync<ApiException>(Unpack);
        _scratch.Write("a.tar", "no archive at all");
        await Assert.ThrowsAsync<ApiException>(Unpack);
    }

    private static uint Crc32(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var b in bytes)
        {
            crc ^= b;
            for (var i = 0; i < 8; i++)
            {
                crc = (crc >> 1) ^ ((crc & 1) == 0 ? 0 : 0xEDB88320);
            }
        }

        return ~crc;
    }

    private Task Unpack() => Unpack(new UnpackOptions());

    private Task Unpack(UnpackOptions options)
    {
        _scratch.Make("dst");
        return Unpacker.UnpackAsync(_scratch["a.tar"], _scratch["dst"], options, default);
    }

    private void MakeTree()
    {
        _scratch.Write("src/dir/file", "hello");
        _scratch.Shell("cd src && ln dir/file hard && ln -s dir/file soft && mkfifo pipe && chmod 2755 dir && touch -d @1500000000 dir/file && mkdir empty && chmod 4711 dir/file");
        _scratch.Shell("cd src && printf x > \"$(printf 'bad\\377name')\" && echo ü > grün");
    }

    private void AssertSame()
    {
        const string List = "find . -not -type d -printf '%p %y %m %U %G %s %T@ %l %n\\n' | sed 's/\\.[0-9]* / /' | LC_ALL=C sort";
        Assert.Equal(_scratch.Shell($"cd src && {List}"), _scratch.Shell($"cd dst && {List}"));
        _scratch.Shell("diff -r --no-dereference -x pipe src dst");
    }

    private void WriteTar(Action<TarWriter> write)
    {
        using var file = File.Create(_scratch["a.tar"]);
        using var writer = new TarWriter(file, TarEntryFormat.Pax);
        write(writer);
    }
}
