using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Lxd.Daemon.Instances;
using Lxd.Daemon.Store;
using Lxd.Daemon.Tests.Instances;

namespace Lxd.Daemon.Tests.Attacks;

/// <summary>One daemon for many attacks, with a pool, a volume and an instance on a real pool that runs on a fake driver. After each attack it is whole and has nothing more than before.</summary>
public sealed class AttackedDaemon : IAsyncLifetime
{
    internal TestDaemon Daemon { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Daemon = await TestDaemon.StartAsync(instances: c =>
        {
            var real = InstancesDomain.Real(c);
            return real with { Driver = new FakeDriver(), Networks = new FakeNetworks(), Addresses = new FakeAddresses() };
        });
        await DoAsync("POST", "/1.0/storage-pools", """{"name":"one","driver":"dir"}""");
        Assert.Equal(202, (await Daemon.SendAsync("PUT", "/1.0/profiles/default", """{"devices":{"root":{"type":"disk","path":"/","pool":"one"}}}""")).Status);
        Assert.Equal(201, (await Daemon.SendAsync("POST", "/1.0/profiles", """{"name":"p"}""")).Status);
        await DoAsync("POST", "/1.0/storage-pools/one/volumes/custom", """{"name":"v"}""");
        await DoAsync("POST", "/1.0/storage-pools/one/volumes/custom/v/snapshots", """{"name":"s0"}""");
        await DoAsync("POST", "/1.0/instances", """{"name":"c1","source":{"type":"none"}}""");
        await DoAsync("POST", "/1.0/instances/c1/snapshots", """{"name":"s0"}""");
    }

    public Task DisposeAsync() => Daemon.DisposeAsync().AsTask();

    /// <summary>A request whose operation must succeed.</summary>
    internal async Task DoAsync(string method, string path, string? json = null) => Assert.Equal("", (string)(await Daemon.RunAsync(method, path, json))["err"]!);

    /// <summary>Status and words of what failed, at once or in its operation.</summary>
    internal async Task<(int Status, string Error)> FailAsync(string method, string path, string? json = null)
    {
        var (status, body) = await Daemon.SendAsync(method, path, json);
        return await FailAsync(status, body);
    }

    internal async Task<(int Status, string Error)> FailAsync(string path, byte[] body, params (string Name, string Value)[] headers)
    {
        using var content = new ByteArrayContent(body) { Headers = { ContentType = new("application/octet-stream") } };
        return await FailAsync(path, content, headers);
    }

    internal async Task<(int Status, string Error)> FailAsync(string path, HttpContent content, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = content };
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        using var response = await Daemon.Http.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        return await FailAsync((int)response.StatusCode, JsonNode.Parse(text));
    }

    /// <summary>What an attack must not change: every name below the daemon's directory, and every row that has one.</summary>
    internal async Task<string> WholeAsync()
    {
        // By a program that does not follow the symlinks of the attack. The database and the logs change all the time.
        var files = await Lxd.Linux.Processes.PipedTool.RunAsync("find", [Daemon.Directory, "-mindepth", "1", "(", "-path", Daemon.Directory + "/database*", "-o", "-path", Daemon.Directory + "/logs*", ")", "-prune", "-o", "-printf", "%P %y %l\n"], default);
        var rows = new List<string>();
        foreach (var table in (string[])["instances", "instances_snapshots", "profiles", "projects", "storage_pools", "storage_volumes", "storage_volumes_snapshots", "networks", "networks_acls", "images_aliases", "images", "auth_groups", "identities"])
        {
            rows.Add($"{table}: {await Daemon.Daemon.Databases.Global.ReadAsync(tx => tx.ScalarAsync($"SELECT COUNT(*) FROM {table}"), default)}");
        }

        return string.Join('\n', files.Split('\n').Order(StringComparer.Ordinal).Concat(rows));
    }

    /// <summary>Sends bytes as they are, over the unix socket, and returns all that comes back until the daemon closes or has nothing more to say.</summary>
    internal async Task<string> RawAsync(byte[] bytes)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(Daemon.Daemon.Options.Socket));
        await using var stream = new NetworkStream(socket);
        var answer = new StringBuilder();
        var buffer = new byte[65536];
        try
        {
            await stream.WriteAsync(bytes);
            while (true)
            {
                using var patience = new CancellationTokenSource(answer.Length == 0 ? TimeSpan.FromSeconds(10) : TimeSpan.FromMilliseconds(300));
                var read = await stream.ReadAsync(buffer, patience.Token);
                if (read == 0)
                {
                    return answer.ToString();
                }

                answer.Append(Encoding.Latin1.GetString(buffer, 0, read));
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // It had heard enough, or has said all.
            return answer.ToString();
        }
    }

    private async Task<(int Status, string Error)> FailAsync(int status, JsonNode? body)
    {
        if (status != 202)
        {
            return (status, (string?)body?["error"] ?? "");
        }

        var operation = (await Daemon.GetAsync((string)body!["operation"]! + "/wait"))!;
        return ((int)operation["status_code"]! == 200 ? 200 : (int)operation["err_code"]!, (string)operation["err"]!);
    }
}
