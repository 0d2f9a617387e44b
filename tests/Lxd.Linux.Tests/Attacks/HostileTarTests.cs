using Lxd.Core;
using Lxd.Linux.Archives;
using Lxd.Linux.Tests.Archives;

namespace Lxd.Linux.Tests.Attacks;

/// <summary>Tars that were made to do harm. Each is unpacked beside a directory it wants: that stays as it was, what is unpacked can be removed, and what is refused is a bad request.</summary>
public sealed class HostileTarTests : IDisposable
{
    private const string Guard = "find outside -printf '%p %y %m %U:%G %s %T@ %l\\n' | LC_ALL=C sort; cat outside/secret";

    /// <summary>What is refused, with words of the answer.</summary>
    private static readonly Dictionary<string, (string Words, Action<RawTar, string> Make)> Refused = new()
    {
        ["a hard link to an absolute path"] = ("Invalid archive", (t, outside) => t.HardLink("h", outside + "/secret")),
        ["a hard link through .."] = ("leads outside", (t, _) => t.HardLink("h", "../outside/secret")),
        ["a hard link through a symlink"] = ("Invalid archive", (t, outside) => t.Symlink("up", outside).HardLink("h", "up/secret")),
        ["a hard link to a directory"] = ("Invalid archive", (t, _) => t.Directory("d").HardLink("h", "d")),
        ["a hard link to itself"] = ("hard link", (t, _) => t.HardLink("h", "h")),
        ["a file below a symlink that leads out"] = ("Invalid archive", (t, outside) => t.Symlink("up", outside).File("up/evil")),
        ["a file below a symlink to itself"] = ("Invalid archive", (t, _) => t.Symlink("l", "l").File("l/f")),
        ["a file below a file"] = ("Invalid archive", (t, _) => t.File("f").File("f/g")),
        ["a file in place of a full directory"] = ("Invalid archive", (t, _) => t.File("d/f").File("d")),
        ["a symlink in place of a full directory"] = ("Invalid archive", (t, outside) => t.File("d/f").Symlink("d", outside)),
        [".. in the middle"] = ("leads outside", (t, _) => t.File("a/../../outside/evil")),
        [".. at the end"] = ("leads outside", (t, _) => t.Directory("a/..")),
        [".. in a pax name"] = ("leads outside", (t, _) => t.Pax(("path", "../outside/evil")).File("good")),
        [".. in a GNU long name"] = ("leads outside", (t, _) => t.Add("././@LongLink", 'L', data: "../outside/evil\0"u8.ToArray()).File("good")),
        [".. in a sparse name"] = ("leads outside", (t, _) => t.Pax(("GNU.sparse.name", "../outside/evil")).File("good")),
        ["a NUL in a pax name"] = ("name", (t, _) => t.Pax(("path", "good\0/../../outside/evil")).File("good")),
        ["a name beyond every path"] = ("name too long", (t, _) => t.Pax(("path", new string('a', 5000))).File("good")),
        ["a part of a name beyond every file system"] = ("Invalid archive", (t, _) => t.Pax(("path", new string('a', 300))).File("good")),
        ["an empty symlink"] = ("Invalid archive", (t, _) => t.Symlink("l", "")),
        ["a negative size"] = ("negative size", (t, _) => t.Add("f", '0', size: -5)),
        ["the largest size there is"] = ("Invalid archive", (t, _) => t.Add("f", '0', size: long.MaxValue)),
        ["the largest size for what has none"] = ("Invalid archive", (t, _) => t.Add("d", '5', size: long.MaxValue).File("d/f")),
        ["a size beyond the end"] = ("unexpected end", (t, _) => t.Add("f", '0', size: 1 << 20)),
        ["a size with letters"] = ("malformed number", (t, _) => t.Add("f", '0', change: h => RawTar.Text(h, 124, 12, "0000000zzzz"))),
        ["a pax size that is none"] = ("malformed size", (t, _) => t.Pax(("size", "many")).File("f")),
        ["a pax header that is none"] = ("malformed extended header", (t, _) => t.Add("p", 'x', data: "99 path=x\n"u8.ToArray()).File("f")),
        ["a pax header without a value"] = ("malformed extended header", (t, _) => t.Add("p", 'x', data: "8 path\n\n"u8.ToArray()).File("f")),
        ["a pax header of gigabytes"] = ("extended header too large", (t, _) => t.Add("p", 'x', size: 5L << 30)),
        ["a long name of gigabytes"] = ("extended header too large", (t, _) => t.Add("p", 'L', size: 5L << 30)),
        ["an owner that means nobody"] = ("out of range", (t, _) => t.Pax(("uid", "4294967295")).File("f", mode: 0x9ed)),
        ["an owner beyond all"] = ("out of range", (t, _) => t.Pax(("gid", "99999999999")).File("f")),
        ["a time beyond all"] = ("malformed mtime", (t, _) => t.Pax(("mtime", "99999999999999")).File("f")),
        ["a wrong checksum"] = ("checksum", (t, _) => t.File("a").File("f").Spoil()),
        ["holes beyond the largest file"] = ("Invalid archive", (t, _) => t.Pax(("GNU.sparse.major", "1"), ("GNU.sparse.minor", "0"), ("GNU.sparse.realsize", $"{long.MaxValue}")).File("f", "0\n".PadRight(512, '\0'))),
        ["holes that overlap"] = ("malformed sparse map", (t, _) => t.Pax(("GNU.sparse.size", "100"), ("GNU.sparse.map", "0,5,3,5")).File("f", "0123456789")),
        ["holes past the end"] = ("malformed sparse map", (t, _) => t.Pax(("GNU.sparse.size", "5"), ("GNU.sparse.map", "0,10")).File("f", "0123456789")),
        ["holes without number"] = ("malformed sparse map", (t, _) => t.Pax(("GNU.sparse.major", "1"), ("GNU.sparse.realsize", "5")).File("f", "99999999\n".PadRight(512, '\0'))),
        ["old holes without end"] = ("malformed sparse map", (t, _) => t.Add("f", 'S', change: h => h[482] = 1, data: [.. new byte[504], 1, .. new byte[7]])),
    };

    /// <summary>What is unpacked, since honest archives have it too, but does no harm.</summary>
    private static readonly Dictionary<string, (string Check, Action<RawTar, string> Make)> Harmless = new()
    {
        ["an absolute name"] = ("test -f dst/etc/evil", (t, _) => t.File("/etc/evil")),
        ["a directory over a symlink that leads out"] = ("test -f dst/up/evil && test ! -L dst/up", (t, outside) => t.Symlink("up", outside).Directory("up", 0x1ff).File("up/evil")),
        ["a file over a symlink that leads out"] = ("grep -q new dst/up && test ! -L dst/up", (t, outside) => t.Symlink("up", outside + "/secret").File("up", "new", 0x1ff)),
        ["a file over a hard link to a symlink"] = ("grep -q new dst/h && test -L dst/up", (t, outside) => t.Symlink("up", outside + "/secret").HardLink("h", "up").File("h", "new")),
        ["a node over a symlink"] = ("test -p dst/up", (t, outside) => t.Symlink("up", outside + "/secret").Add("up", '6')),
        ["a file over a fifo"] = ("grep -q new dst/f", (t, _) => t.Add("f", '6').File("f", "new")),
        ["a symlink in place of the root"] = ("test -d dst && test ! -L dst", (t, outside) => t.Symlink(".", outside).Symlink("./", outside)),
        ["a file in place of the root"] = ("test -d dst", (t, _) => t.File("/")),
        ["an entry again and again"] = ("grep -q 9 dst/f && test $(ls dst | wc -l) = 1", (t, _) => Enumerable.Range(0, 10).ToList().ForEach(i => t.File("f", $"{i}"))),
        ["disks and memory"] = ("test -z \"$(find dst -mindepth 1)\"", (t, _) => t.Add("disk", '4', device: (8, 0)).Add("mem", '3', device: (1, 1)).Add("kmsg", '3', device: (1, 11)).Add("fuse", '3', device: (10, 229))),
        ["a node that hides its number"] = ("test -z \"$(find dst -mindepth 1)\"", (t, _) => t.Add("mem", '3', change: h => { h[329] = 0x80; h[332] = 1; h[336] = 1; })),
        ["types nobody knows"] = ("test $(ls dst) = f", (t, _) => t.Add("v", 'V').Add("m", 'M', size: 512, data: new byte[512]).Add("n", 'N').Add("q", '\u00ff').File("f")),
        ["an attribute of the host's security"] = ("! getfattr -d -m - dst/f | grep -q selinux", (t, _) => t.Pax(("SCHILY.xattr.security.selinux", "system_u:object_r:etc_t:s0"), ("SCHILY.xattr.security.ima", "x")).File("f")),
        ["a malformed capability"] = ("test -f dst/f", (t, _) => t.Pax(("SCHILY.xattr.security.capability", "junk")).File("f")),
        ["a malformed ACL"] = ("test -f dst/f", (t, _) => t.Pax(("SCHILY.xattr.system.posix_acl_access", "junk")).File("f")),
        ["a thousand levels"] = ("test -d dst/a/a/a", (t, _) => t.Pax(("path", string.Join('/', Enumerable.Repeat("a", 1000)))).File("f")),
    };

    private readonly Scratch _scratch = new();

    public static TheoryData<string> RefusedNames => [.. Refused.Keys];

    public static TheoryData<string> HarmlessNames => [.. Harmless.Keys];

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [MemberData(nameof(RefusedNames))]
    public async Task IsRefused(string how)
    {
        var (words, make) = Refused[how];
        var before = Prepare(make);
        var error = await Assert.ThrowsAsync<ApiException>(UnpackAsync);
        Assert.Equal(400, error.Status);
        Assert.Contains(words, error.Message, StringComparison.Ordinal);
        Assert.Equal(before, _scratch.Shell(Guard));
        _scratch.Shell("test $(du -sk dst | cut -f1) -lt 1000");
    }

    [Theory]
    [MemberData(nameof(HarmlessNames))]
    public async Task DoesNoHarm(string how)
    {
        var (check, make) = Harmless[how];
        var before = Prepare(make);
        await UnpackAsync();
        Assert.Equal(before, _scratch.Shell(Guard));
        _scratch.Shell(check);
    }

    /// <summary>Directories cost memory until the end, their attributes do not.</summary>
    [Fact]
    public async Task DirectoriesWithoutEndAreRefused()
    {
        _scratch.Make("dst");
        var tar = new RawTar();
        for (var i = 0; i < 1000; i++)
        {
            tar.Directory($"directory{i % 10}");
        }

        File.WriteAllBytes(_scratch["a.tar"], tar.ToArray());
        var error = await Assert.ThrowsAsync<ApiException>(() => Unpacker.UnpackAsync(_scratch["a.tar"], _scratch["dst"], new UnpackOptions { MaxNames = 10_000 }, default));
        Assert.Equal((400, "Invalid archive: too many directories"), (error.Status, error.Message));
        await Unpacker.UnpackAsync(_scratch["a.tar"], _scratch["dst"], new UnpackOptions(), default);
    }

    [Theory]
    [InlineData("head -c 3000 a.tar >b && mv b a.tar", "tar -cz")]
    [InlineData("head -c 3000 a.tar >b && mv b a.tar", "tar -cJ")]
    [InlineData("head -c 3000 a.tar >b && mv b a.tar", "tar -cj")]
    [InlineData("head -c 3000 a.tar >b && mv b a.tar", "tar -c --zstd")]
    [InlineData("printf 'XXXXXXXXXXXXXXXXXXXXXXXX' | dd of=a.tar bs=1 seek=2000 conv=notrunc status=none", "tar -cz")]
    [InlineData("printf 'XXXXXXXXXXXXXXXXXXXXXXXX' | dd of=a.tar bs=1 seek=2000 conv=notrunc status=none", "tar -cJ")]
    [InlineData("printf 'XXXXXXXXXXXXXXXXXXXXXXXX' | dd of=a.tar bs=1 seek=2000 conv=notrunc status=none", "tar -c --zstd")]
    [InlineData("printf '\\037\\213\\010' >a.tar", "true")]
    [InlineData("printf '\\3757zXZ\\0junk' >a.tar", "true")]
    [InlineData("printf 'hsqs' >a.tar", "true")]
    [InlineData("printf 'BZhjunk' >a.tar", "true")]
    public async Task ABrokenCompressionIsRefused(string spoil, string pack)
    {
        _scratch.Shell($"head -c 100000 /dev/urandom >f && {pack} f >a.tar && {spoil}");
        Assert.Equal(400, (await Assert.ThrowsAsync<ApiException>(UnpackAsync)).Status);
    }

    /// <summary>Compressors that need gigabytes of memory to unpack a few bytes.</summary>
    [Fact]
    public async Task ACompressionThatWantsTooMuchMemoryIsRefused()
    {
        // A frame of zstd that says its window is 2 GiB, and no more than that.
        File.WriteAllBytes(_scratch["a.tar"], [0x28, 0xb5, 0x2f, 0xfd, 0x00, 0xa8, 0x01, 0x00, 0x00]);
        var error = await Assert.ThrowsAsync<ApiException>(UnpackAsync);
        Assert.Equal(400, error.Status);
    }

    private string Prepare(Action<RawTar, string> make)
    {
        _scratch.Write("outside/secret", "secret");
        var tar = new RawTar();
        make(tar, _scratch["outside"]);
        File.WriteAllBytes(_scratch["a.tar"], tar.ToArray());
        return _scratch.Shell(Guard);
    }

    private Task UnpackAsync()
    {
        _scratch.Make("dst");
        return Unpacker.UnpackAsync(_scratch["a.tar"], _scratch["dst"], new UnpackOptions(), default);
    }
}
