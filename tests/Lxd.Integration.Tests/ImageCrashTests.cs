using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Lxd.Daemon.Tests.Images;
using Lxd.Integration.Tests.Lab;

namespace Lxd.Integration.Tests;

/// <summary>Images that come while the daemon is killed, and images that come for many at once.</summary>
public sealed class ImageCrashTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);

    [Fact]
    public async Task NothingIsLeftOfAnImageThatWasComing()
    {
        await using var server = await LabServer.StartReadyAsync("image-crash");
        await using var origin = new HostileServer();
        var sh = server.Shell;
        var (fingerprint, bytes) = await MakeAsync(sh);
        Describe(origin, fingerprint, bytes.Length);

        // In the middle of a download.
        origin.Paths[$"/1.0/images/{fingerprint}/export"] = async asked =>
        {
            await asked.HeadAsync("200 OK", bytes.Length);
            await asked.Connection.WriteAsync(bytes.AsMemory(0, bytes.Length / 2), asked.Stop);
            await Task.Delay(-1, asked.Stop);
        };
        var post = await BodyAsync(sh, "image.json", origin, fingerprint, "");
        var client = sh.TryAsync($"lxc query -X POST --wait /1.0/images -d - <{post}");
        await KillWhenItComesAsync(server);
        Assert.NotEqual(0, (await client).Code);
        await NothingIsLeftAsync(server);
        origin.Paths[$"/1.0/images/{fingerprint}/export"] = asked => asked.SendAsync(bytes);
        await sh.RunAsync($"lxc query -X POST --wait /1.0/images -d - <{post} && lxc image delete {fingerprint}");

        // In the middle of an upload.
        using (var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(Path.Combine(server.Dir, "unix.socket")));
            await socket.SendAsync(Encoding.ASCII.GetBytes($"POST /1.0/images HTTP/1.1\r\nHost: lxd\r\nContent-Type: application/octet-stream\r\nContent-Length: {bytes.Length}\r\n\r\n"));
            await socket.SendAsync(bytes.AsMemory(0, bytes.Length / 2));
            await KillWhenItComesAsync(server);
        }

        await NothingIsLeftAsync(server);
        await sh.RunAsync("lxc image import own.tar.gz --alias own && lxc image delete own");

        // In the middle of a publish, of either kind.
        await sh.RunAsync("lxc init bb c1 && head -c 200M /dev/urandom >$LXD_DIR/containers/c1/rootfs/big");
        foreach (var compressor in (string[])["xz", "squashfs"])
        {
            client = sh.TryAsync($"lxc publish c1 --alias made --compression {compressor}");
            await KillWhenItComesAsync(server, atLeast: 0);
            Assert.NotEqual(0, (await client).Code);
            await NothingIsLeftAsync(server);
        }

        await sh.RunAsync("lxc publish c1 --alias made --compression none && lxc image delete made && lxc delete c1");
    }

    [Fact]
    public async Task NothingIsLeftOfAnImageThatWasComingFromAnImageServer()
    {
        await using var server = await LabServer.StartReadyAsync("image-crash-streams");
        await using var origin = new HostileServer();
        var sh = server.Shell;
        await sh.RunAsync("printf 'architecture: x86_64\ncreation_date: 1700000000\n' >metadata.yaml && tar czf meta.tar.gz metadata.yaml");
        var root = RandomNumberGenerator.GetBytes(1 << 20);
        StreamTree.Serve(origin, ("20260101", await File.ReadAllBytesAsync(Path.Combine(sh.Directory, "meta.tar.gz")), root, null));
        var whole = origin.Paths["/20260101/root"];
        origin.Paths["/20260101/root"] = async asked =>
        {
            await asked.HeadAsync("200 OK", root.Length);
            await asked.Connection.WriteAsync(root.AsMemory(0, root.Length / 2), asked.Stop);
            await Task.Delay(-1, asked.Stop);
        };
        var post = await BodyAsync(sh, "image.json", origin, "b", "", "simplestreams");
        var client = sh.TryAsync($"lxc query -X POST --wait /1.0/images -d - <{post}");
        await KillWhenItComesAsync(server);
        Assert.NotEqual(0, (await client).Code);
        await NothingIsLeftAsync(server);
        origin.Paths["/20260101/root"] = whole;
        await sh.RunAsync($"lxc query -X POST --wait /1.0/images -d - <{post}");
        Assert.Equal("2\n", await sh.RunAsync("lxc image list -f csv -c f | wc -l"));
    }

    [Theory]
    [InlineData("dir")]
    [InlineData("btrfs")]
    public async Task NothingIsLeftOfAnImageThatWasUnpacked(string pool)
    {
        await using var server = await LabServer.StartReadyAsync($"image-crash-{pool}", pool);
        var sh = server.Shell;
        await sh.RunAsync($"mkdir t && tar xf {await Lab.Images.BusyboxAsync()} -C t && head -c 100M /dev/urandom >t/rootfs/noise && tar cf own.tar -C t . && rm -r t && lxc image import own.tar --alias own");
        var volumes = Path.Combine(server.Dir, "storage-pools", "default");
        var client = sh.TryAsync("lxc init own c1");
        using var patience = new CancellationTokenSource(Patience);
        while (!Directory.GetDirectories(volumes).Where(d => Path.GetFileName(d) is "images" or "containers").SelectMany(Directory.GetDirectories).Any())
        {
            await Task.Delay(1, patience.Token);
        }

        await server.KillAsync();
        Assert.NotEqual(0, (await client).Code);
        await server.StartAsync();
        Assert.Equal("", await sh.RunAsync($"lxc list -f csv -c n; find {volumes}/containers {volumes}/images -mindepth 1"));
        await sh.RunAsync("lxc init own c1 && lxc init own c2");
        Assert.Equal($"{100 << 20}\n{100 << 20}\n", await sh.RunAsync($"stat -c %s {volumes}/containers/c1/rootfs/noise {volumes}/containers/c2/rootfs/noise"));
        await sh.RunAsync("lxc delete c1 c2 && lxc image delete own");
        Assert.Equal("", await sh.RunAsync($"find {volumes}/containers {volumes}/images -mindepth 1"));
    }

    [Theory]
    [InlineData("dir")]
    [InlineData("btrfs")]
    public async Task EightLaunchesOfANewImageFetchItOnce(string pool)
    {
        await using var server = await LabServer.StartReadyAsync($"image-many-{pool}", pool);
        await using var origin = new HostileServer();
        var sh = server.Shell;
        var (fingerprint, bytes) = await MakeAsync(sh);
        Describe(origin, fingerprint, bytes.Length);
        var export = $"/1.0/images/{fingerprint}/export";
        origin.Paths[export] = asked => asked.SendAsync(bytes);
        await Task.WhenAll(Enumerable.Range(1, 8).Select(async i =>
        {
            var body = await BodyAsync(sh, $"c{i}.json", origin, fingerprint, $"\"name\":\"c{i}\",\"start\":true,");
            await sh.RunAsync($"lxc query -X POST --wait /1.0/instances -d - <{body}");
        }));
        Assert.Equal("8\n", await sh.RunAsync("lxc list -f csv -c s | grep -c RUNNING"));
        Assert.Single(origin.Log, export);
        if (pool == "btrfs")
        {
            // All are clones of the one that was unpacked.
            var image = $"$LXD_DIR/storage-pools/default/images/{fingerprint}";
            var uuid = (await sh.RunAsync($"btrfs subvolume show {image} | awk '/^\\tUUID:/ {{ print $2 }}'")).Trim();
            Assert.Equal(36, uuid.Length);
            for (var i = 1; i <= 8; i++)
            {
                Assert.Equal(uuid, (await sh.RunAsync($"btrfs subvolume show $LXD_DIR/storage-pools/default/containers/c{i} | awk '/Parent UUID:/ {{ print $3 }}'")).Trim());
            }
        }

        await sh.RunAsync($"lxc delete -f c1 c2 c3 c4 c5 c6 c7 c8 && lxc image delete {fingerprint}");
        await NothingIsLeftAsync(server, restart: false);
    }

    /// <summary>An image that the server does not have, as a file <c>own.tar.gz</c> where the shell is.</summary>
    private static async Task<(string Fingerprint, byte[] Content)> MakeAsync(Shell sh)
    {
        await sh.RunAsync($"mkdir t && tar xf {await Lab.Images.BusyboxAsync()} -C t && head -c 4M /dev/urandom >t/rootfs/noise && tar czf own.tar.gz -C t . && rm -rf t");
        var bytes = await File.ReadAllBytesAsync(Path.Combine(sh.Directory, "own.tar.gz"));
        return (Convert.ToHexStringLower(SHA256.HashData(bytes)), bytes);
    }

    private static void Describe(HostileServer origin, string fingerprint, long size) => origin.Serve(
        $"/1.0/images/{fingerprint}",
        $$"""{"type":"sync","status_code":200,"metadata":{"fingerprint":"{{fingerprint}}","public":true,"type":"container","architecture":"x86_64","size":{{size}},"filename":"own.tar.gz"} }""");

    /// <summary>A request for the image as a file.</summary>
    private static async Task<string> BodyAsync(Shell sh, string name, HostileServer origin, string image, string more, string protocol = "lxd")
    {
        var pem = origin.CertificatePem.ReplaceLineEndings("\\n");
        await File.WriteAllTextAsync(
            Path.Combine(sh.Directory, name),
            $$"""{ {{more}}"source":{"type":"image","mode":"pull","protocol":"{{protocol}}","server":"{{origin.Url}}","certificate":"{{pem}}","{{(protocol == "lxd" ? "fingerprint" : "alias")}}":"{{image}}"} }""");
        return name;
    }

    /// <param name="atLeast">How much of it has to have come; a compressor may keep what it has for long.</param>
    private static async Task KillWhenItComesAsync(LabServer server, long atLeast = 1 << 16)
    {
        var images = Path.Combine(server.Dir, "images");
        using var patience = new CancellationTokenSource(Patience);
        while (!Directory.GetFiles(images, "lxd_partial_*").Any(f => new FileInfo(f).Length >= atLeast))
        {
            await Task.Delay(5, patience.Token);
        }

        await server.KillAsync();
    }

    /// <summary>Only the image that was there before, and no trace of another.</summary>
    private static async Task NothingIsLeftAsync(LabServer server, bool restart = true)
    {
        if (restart)
        {
            await server.StartAsync();
        }

        Assert.Single(Directory.GetFileSystemEntries(Path.Combine(server.Dir, "images")));
        Assert.Equal("bb\n", await server.Shell.RunAsync("lxc image list -f csv -c l"));
        Assert.Equal("", await server.Shell.RunAsync("lxc operation list -f csv | grep RUNNING || true"));
        Assert.Equal("", await server.Shell.RunAsync("ls -d /tmp/lxd_squashfs_* 2>/dev/null || true"));
    }
}
