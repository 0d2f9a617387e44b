using System.IO.Compression;
using System.Text;
using Lxd.Linux.Archives;

namespace Lxd.Daemon.Tests.Attacks;

/// <summary>Images that were made to do harm: refused when they come or when an instance is made of them, and nothing is left of either.</summary>
public sealed class HostileImagesTests(AttackedDaemon attacked) : IClassFixture<AttackedDaemon>
{
    private static int _count;

    private const string Good = "architecture: x86_64\ncreation_date: 1700000000\n";

    private static readonly string Bomb = "a: &a [x,x,x,x,x,x,x,x,x]\n" + string.Concat(Enumerable.Range(1, 20).Select(i => $"{(char)('a' + i)}: &{(char)('a' + i)} [{string.Join(',', Enumerable.Repeat($"*{(char)('a' + i - 1)}", 9))}]\n"));

    public static TheoryData<string, string> Descriptions => new()
    {
        { Bomb, "aliases are not supported" },
        { Good + "properties: " + new string('[', 5000), "nested too deeply" },
        { Good + "properties: " + new string('{', 5000), "Failed parsing" },
        { Good + "properties: !!python/object/apply:os.system [\"id\"]\n", "Failed parsing" },
        { Good + "properties: [a, b]\n", "Failed parsing" },
        { Good + "properties: {a: {b: c}}\n", "Failed parsing" },
        { Good + "\tproperties: x\n", "Failed parsing" },
        { "architecture: [x86_64]\ncreation_date: 1\n", "Failed parsing" },
        { "architecture: x86_64\n", "Missing image creation date" },
        { "architecture: x86_64\ncreation_date: .nan\n", "Failed parsing" },
        { "architecture: x86_64\ncreation_date: 1e300\n", "Failed parsing" },
        { "architecture: x86_64\ncreation_date: 9223372036854775807\n", "date" },
        { "architecture: x86_64\ncreation_date: -9223372036854775808\n", "date" },
        { Good + "expiry_date: 9223372036854775807\n", "date" },
        { "creation_date: 1\n", "Missing image architecture" },
        { "architecture: ../../x\ncreation_date: 1\n", "rchitecture" },
        { "", "Empty JSON value" },
        { "\0\0\0\0", "Empty" },
        { "- a\n- b\n", "Failed parsing" },
        { Good + "properties:\n  a: \"\\ud800\"\n", "Failed parsing" },
        { new string('#', 2 << 20), "too large" },
    };

    [Theory]
    [MemberData(nameof(Descriptions))]
    public async Task ADescriptionThatMakesNoSenseIsRefused(string yaml, string words)
    {
        var before = await attacked.WholeAsync();
        var (status, error) = await attacked.FailAsync("/1.0/images", await PackAsync(PackItem.Text("metadata.yaml", Encoding.UTF8.GetBytes(yaml))));
        Assert.True(status == 400, $"{status} {error}");
        Assert.Contains(words, error, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(before, await attacked.WholeAsync());
    }

    [Theory]
    [InlineData("none", "missing metadata.yaml")]
    [InlineData("elsewhere", "missing metadata.yaml")]
    [InlineData("a symlink", "non-regular")]
    [InlineData("a directory", "non-regular")]
    [InlineData("gigabytes", "too large")]
    [InlineData("cut", "Invalid archive")]
    [InlineData("junk in gzip", "Invalid archive")]
    [InlineData("qcow2", "Unsupported compression")]
    [InlineData("zip", "Unsupported compression")]
    [InlineData("text", "Unsupported compression")]
    [InlineData("nothing", "empty")]
    public async Task WhatHasNoDescriptionIsRefused(string how, string words)
    {
        var tar = new RawTarball();
        var body = how switch
        {
            "none" => tar.File("rootfs/x", "x").Gzip(),
            "elsewhere" => tar.File("a/metadata.yaml", Good).Gzip(),
            "a symlink" => tar.Link("metadata.yaml", "/etc/passwd").Gzip(),
            "a directory" => tar.Directory("metadata.yaml").Gzip(),
            "gigabytes" => tar.Huge("metadata.yaml", 4L << 30).Gzip(),
            "cut" => tar.File("metadata.yaml", Good + new string('#', 5000)).Gzip()[..60],
            "junk in gzip" => [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, .. Encoding.ASCII.GetBytes(new string('j', 3000))],
            "qcow2" => [(byte)'Q', (byte)'F', (byte)'I', 0xfb, .. new byte[1000]],
            "zip" => [(byte)'P', (byte)'K', 3, 4, .. new byte[1000]],
            "text" => Encoding.ASCII.GetBytes(Good),
            _ => [],
        };
        var before = await attacked.WholeAsync();
        var (status, error) = await attacked.FailAsync("/1.0/images", body);
        Assert.True(status == 400, $"{status} {error}");
        Assert.Contains(words, error, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(before, await attacked.WholeAsync());
    }

    /// <summary>Headers and parts of an upload.</summary>
    [Theory]
    [InlineData("multipart/form-data", "")]
    [InlineData("multipart/form-data; boundary=x", "--x\r\nContent-Disposition: form-data; name=\"rootfs\"; filename=\"x\"\r\n\r\nx\r\n--x--\r\n")]
    [InlineData("multipart/form-data; boundary=x", "--x\r\nContent-Disposition: form-data; name=\"metadata\"; filename=\"../../x\"\r\n\r\nx\r\n--x--\r\n")]
    [InlineData("multipart/form-data; boundary=x", "--x\r\nContent-Disposition: form-data; name=\"metadata\"\r\n\r\nx\r\n--x\r\nContent-Disposition: form-data; name=\"metadata\"\r\n\r\nx\r\n--x--\r\n")]
    [InlineData("multipart/form-data; boundary=x", "--x\r\nContent-Disposition: form-data; name=\"metadata\"\r\n\r\nx")]
    [InlineData("multipart/form-data; boundary=x", "no parts at all")]
    [InlineData("multipart/form-data; boundary=x", "LONG")]
    public async Task AnUploadThatMakesNoSenseIsRefused(string type, string body)
    {
        if (body == "LONG")
        {
            body = "--x\r\nX-Long: " + new string('a', 100_000) + "\r\n\r\nx\r\n--x--\r\n";
        }

        var before = await attacked.WholeAsync();
        using var content = new ByteArrayContent(Encoding.Latin1.GetBytes(body));
        content.Headers.TryAddWithoutValidation("Content-Type", type);
        var (status, error) = await attacked.FailAsync("/1.0/images", content);
        Assert.True(status == 400, $"{status} {error}");
        Assert.Equal(before, await attacked.WholeAsync());
    }

    /// <summary>Good descriptions on trees that want out. What is made of them is not made, or has nothing of the host.</summary>
    [Theory]
    [InlineData("rootfs is a symlink", "rootfs")]
    [InlineData("rootfs is a file", "rootfs")]
    [InlineData("no rootfs", "missing a rootfs")]
    [InlineData("backup.yaml is a symlink", "not a regular file")]
    [InlineData("metadata.yaml becomes a symlink", "not a regular file")]
    [InlineData("a file over the rootfs", "Invalid archive")]
    [InlineData("out of the rootfs", "leads outside")]
    [InlineData("hard links out", "Invalid archive")]
    public async Task NoInstanceIsMadeOfIt(string how, string words)
    {
        var tar = new RawTarball().File("metadata.yaml", Good + $"properties: {{how: {how}}}\n");
        tar = how switch
        {
            "rootfs is a symlink" => tar.Link("rootfs", "/"),
            "rootfs is a file" => tar.File("rootfs", "x"),
            "no rootfs" => tar,
            "backup.yaml is a symlink" => tar.Directory("rootfs").Link("backup.yaml", "/etc/passwd"),
            "metadata.yaml becomes a symlink" => tar.Directory("rootfs").Link("metadata.yaml", "/etc/passwd"),
            "a file over the rootfs" => tar.File("rootfs/f", "x").File("rootfs", "x"),
            "out of the rootfs" => tar.File("rootfs/../../../../x", "x"),
            _ => tar.Directory("rootfs").Link("rootfs/h", "/etc/passwd", '1'),
        };
        var before = await attacked.WholeAsync();
        var (status, error) = await attacked.FailAsync("/1.0/images", tar.Gzip());
        if (status != 200)
        {
            Assert.Equal(400, status);
            Assert.Contains(words, error, StringComparison.Ordinal);
            Assert.Equal(before, await attacked.WholeAsync());
            return;
        }

        var fingerprint = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(tar.Gzip()));
        before = await attacked.WholeAsync();
        (status, error) = await attacked.FailAsync("POST", "/1.0/instances", $$"""{"name":"bad","source":{"type":"image","fingerprint":"{{fingerprint}}"} }""");
        if (status == 200)
        {
            // Made, as an image may say so; started or looked into it is not.
            (status, error) = await attacked.FailAsync("PUT", "/1.0/instances/bad/state", """{"action":"start"}""");
            Assert.NotEqual(200, (await attacked.Daemon.SendAsync("GET", "/1.0/instances/bad/files?path=/etc/passwd")).Status);
            await attacked.DoAsync("DELETE", "/1.0/instances/bad");
        }

        Assert.True(status is 400 or 500, $"{status} {error}");
        Assert.Contains(words, error, StringComparison.Ordinal);
        Assert.Equal(Without(before, fingerprint), Without(await attacked.WholeAsync(), fingerprint));
    }

    /// <summary>Templates are filled in with the rights of the host's root.</summary>
    [Theory]
    [InlineData("  /../../../../x:\n    when: [create]\n    template: t.tpl\n", "t.tpl")]
    [InlineData("  /link/x:\n    when: [create]\n    template: t.tpl\n", "t.tpl")]
    [InlineData("  /x:\n    when: [create]\n    template: ../metadata.yaml\n", "t.tpl")]
    [InlineData("  /x:\n    when: [create]\n    template: out.tpl\n", "t.tpl")]
    [InlineData("  /x:\n    when: [create]\n    template: /etc/passwd\n", "t.tpl")]
    [InlineData("  /dir:\n    when: [create]\n    template: t.tpl\n", "t.tpl")]
    [InlineData("  /pipe:\n    when: [create]\n    template: t.tpl\n", "t.tpl")]
    [InlineData("  /x:\n    when: [create]\n    template: loop.tpl\n", "loop.tpl")]
    public async Task ATemplateWritesInsideOrNotAtAll(string templates, string name)
    {
        var text = name == "loop.tpl" ? string.Concat(Enumerable.Repeat("{% for a in config %}", 40)) + string.Concat(Enumerable.Repeat("{% endfor %}", 40)) : "written by the template";
        var tar = new RawTarball().File("metadata.yaml", Good + "templates:\n" + templates).Directory("rootfs").Link("rootfs/link", "/../../../../..").Directory("rootfs/dir").Pipe("rootfs/pipe")
            .File("templates/" + name, text).Link("templates/out.tpl", "/etc/passwd");
        var instance = $"tpl{Interlocked.Increment(ref _count)}";
        var fingerprint = await UploadAsync(tar.Gzip());
        await attacked.DoAsync("POST", "/1.0/instances", $$"""{"name":"{{instance}}","source":{"type":"image","fingerprint":"{{fingerprint}}"} }""");
        await attacked.FailAsync("PUT", $"/1.0/instances/{instance}/state", """{"action":"start","timeout":10}""").WaitAsync(TimeSpan.FromSeconds(20));
        var found = await Lxd.Linux.Processes.PipedTool.RunAsync("find", [attacked.Daemon.Directory, "-name", "x", "-type", "f"], default);
        foreach (var file in found.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            Assert.StartsWith(Path.Combine(attacked.Daemon.Directory, $"storage-pools/one/containers/{instance}/rootfs/"), file, StringComparison.Ordinal);
            Assert.DoesNotContain("root:", File.ReadAllText(file), StringComparison.Ordinal);
        }

        Assert.False(File.Exists("/x"));
        await attacked.FailAsync("PUT", $"/1.0/instances/{instance}/state", """{"action":"stop","force":true}""");
        await attacked.DoAsync("DELETE", $"/1.0/instances/{instance}");
        await attacked.DoAsync("DELETE", "/1.0/images/" + fingerprint);
    }

    private static string Without(string whole, string fingerprint) => string.Join('\n', whole.Split('\n').Where(l => !l.Contains(fingerprint, StringComparison.Ordinal) && !l.StartsWith("storage_volumes:", StringComparison.Ordinal)));

    private static async Task<byte[]> PackAsync(params PackItem[] items)
    {
        using var output = new MemoryStream();
        await Packer.PackAsync(output, "gzip", items, null, default);
        return output.ToArray();
    }

    private async Task<string> UploadAsync(byte[] body)
    {
        var (status, error) = await attacked.FailAsync("/1.0/images", body);
        Assert.True(status == 200, $"{status} {error}");
        return Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(body));
    }
}
