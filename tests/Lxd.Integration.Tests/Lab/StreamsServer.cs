using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;

namespace Lxd.Integration.Tests.Lab;

/// <summary>A simplestreams image server over https on 127.0.0.1: one busybox product for each architecture that is asked for, under the names of an Ubuntu release.</summary>
public sealed class StreamsServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly string _tree;
    private readonly X509Certificate2 _certificate;
    private Task _serving = Task.CompletedTask;

    private StreamsServer(string tree)
    {
        _tree = tree;
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=images.test", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        using var made = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(30));
        _certificate = X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pfx), null);
        CertificateFile = Path.Combine(tree, "ca.pem");
        File.WriteAllText(CertificateFile, _certificate.ExportCertificatePem());
    }

    public string Url => $"https://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}";

    /// <summary>For SSL_CERT_FILE of daemon and client.</summary>
    public string CertificateFile { get; }

    /// <param name="shell">Where it is made.</param>
    /// <param name="disk">Makes a qcow2 file of the name that follows it, for products that are virtual machines too; empty for containers only.</param>
    /// <param name="architectures">Those of the products.</param>
    public static async Task<StreamsServer> StartAsync(Shell shell, string disk, params string[] architectures)
    {
        var tree = Path.Combine(shell.Directory, "streams-tree");
        await shell.RunAsync(disk.Length > 0 ? $"mkdir -p {tree}/files && {disk} {tree}/files/disk.qcow2" : "true");
        await shell.RunAsync($"mkdir -p {tree}/streams/v1 {tree}/files x && tar -xf {await Images.BusyboxAsync()} -C x && tar -cJf {tree}/files/root.tar.xz -C x/rootfs .");
        var products = new JsonObject();
        foreach (var architecture in architectures)
        {
            var kernel = architecture == "i386" ? "i686" : "x86_64";
            await shell.RunAsync($"sed -i 's/^architecture:.*/architecture: {kernel}/' x/metadata.yaml && tar -cJf {tree}/files/{architecture}.lxd.tar.xz -C x $(ls x | grep -v rootfs)");
            products[$"ubuntu:20.04:{architecture}:default"] = Product(tree, architecture);
        }

        await File.WriteAllTextAsync(tree + "/streams/v1/images.json", new JsonObject { ["content_id"] = "images", ["datatype"] = "image-downloads", ["format"] = "products:1.0", ["products"] = products }.ToJsonString());
        var index = new JsonObject { ["datatype"] = "image-downloads", ["path"] = "streams/v1/images.json", ["format"] = "products:1.0", ["products"] = new JsonArray([.. products.Select(p => (JsonNode?)p.Key)]) };
        await File.WriteAllTextAsync(tree + "/streams/v1/index.json", new JsonObject { ["format"] = "index:1.0", ["index"] = new JsonObject { ["images"] = index } }.ToJsonString());
        var server = new StreamsServer(tree);
        server._listener.Start();
        server._serving = server.ServeAsync();
        return server;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _serving;
        _certificate.Dispose();
        _stop.Dispose();
    }

    private static JsonObject Product(string tree, string architecture)
    {
        var meta = File.ReadAllBytes($"{tree}/files/{architecture}.lxd.tar.xz");
        var root = File.ReadAllBytes(tree + "/files/root.tar.xz");
        var items = new JsonObject
        {
            ["lxd.tar.xz"] = Item("lxd.tar.xz", $"files/{architecture}.lxd.tar.xz", meta),
            ["root.tar.xz"] = Item("root.tar.xz", "files/root.tar.xz", root),
        };
        items["lxd.tar.xz"]!["combined_rootxz_sha256"] = Hash([.. meta, .. root]);
        items["lxd.tar.xz"]!["combined_sha256"] = Hash([.. meta, .. root]);
        if (File.Exists(tree + "/files/disk.qcow2"))
        {
            var disk = File.ReadAllBytes(tree + "/files/disk.qcow2");
            items["disk.qcow2"] = Item("disk-kvm.img", "files/disk.qcow2", disk);
            items["lxd.tar.xz"]!["combined_disk-kvm-img_sha256"] = Hash([.. meta, .. disk]);
        }

        return new JsonObject
        {
            ["aliases"] = "ubuntu/20.04/default,ubuntu/20.04",
            ["arch"] = architecture,
            ["os"] = "Ubuntu",
            ["release"] = "20.04",
            ["release_title"] = "20.04",
            ["variant"] = "default",
            ["versions"] = new JsonObject { ["20261101_0000"] = new JsonObject { ["items"] = items } },
        };
    }

    private static JsonObject Item(string type, string path, byte[] content) => new() { ["ftype"] = type, ["path"] = path, ["size"] = content.Length, ["sha256"] = Hash(content) };

    private static string Hash(byte[] content) => Convert.ToHexStringLower(SHA256.HashData(content));

    private async Task ServeAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                _ = AnswerAsync(await _listener.AcceptTcpClientAsync(_stop.Token));
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException)
            {
                return;
            }
        }
    }

    /// <summary>Files by GET, one request a connection.</summary>
    private async Task AnswerAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                await using var stream = new SslStream(client.GetStream());
                await stream.AuthenticateAsServerAsync(_certificate);
                using var reader = new StreamReader(stream, Encoding.ASCII, leaveOpen: true);
                var path = (await reader.ReadLineAsync(_stop.Token))!.Split(' ')[1];
                while (await reader.ReadLineAsync(_stop.Token) is { Length: > 0 })
                {
                }

                var file = Path.GetFullPath(_tree + path);
                var found = file.StartsWith(_tree + "/", StringComparison.Ordinal) && File.Exists(file);
                var body = found ? await File.ReadAllBytesAsync(file, _stop.Token) : [];
                await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 {(found ? "200 OK" : "404 Not Found")}\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n"), _stop.Token);
                await stream.WriteAsync(body, _stop.Token);
                await stream.ShutdownAsync();
            }
            catch (Exception e) when (e is IOException or OperationCanceledException or System.Security.Authentication.AuthenticationException)
            {
                // The client has what it wanted, or not: its own answer tells.
            }
        }
    }
}
