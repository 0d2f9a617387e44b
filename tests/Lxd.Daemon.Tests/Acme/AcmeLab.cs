using System.Text.Json.Nodes;
using Lxd.Daemon.Acme;
using Microsoft.Extensions.Logging.Abstractions;

namespace Lxd.Daemon.Tests.Acme;

/// <summary>A daemon beside an authority that asks it back over its API. Time passes only when it is told to.</summary>
internal sealed class AcmeLab : IAsyncDisposable
{
    private AcmeLab(TestDaemon daemon)
    {
        Daemon = daemon;
        var composition = daemon.Daemon;
        Renewal = new AcmeService(Path.Combine(daemon.Directory, "acme.key"), composition.Identity, composition.Config, composition.Warnings, NullLogger.Instance);
    }

    public TestDaemon Daemon { get; }

    public FakeAuthority Authority { get; } = new();

    /// <summary>Renews at the times a test says, beside the daemon's own, which knows the real time.</summary>
    public AcmeService Renewal { get; }

    /// <summary>What was waited for.</summary>
    public List<TimeSpan> Waits { get; } = [];

    public string Certificate => File.ReadAllText(Path.Combine(Daemon.Directory, "server.crt"));

    public static async Task<AcmeLab> StartAsync()
    {
        var lab = new AcmeLab(await TestDaemon.StartAsync());
        foreach (var acme in (AcmeService[])[lab.Daemon.Daemon.Acme, lab.Renewal])
        {
            acme.Connect = () => new HttpClient(lab.Authority, disposeHandler: false);
            acme.Delay = (time, _) =>
            {
                lab.Waits.Add(time);
                return Task.CompletedTask;
            };
        }

        lab.Authority.Look = lab.Look;
        return lab;
    }

    public async Task<(int Status, string Error)> SetAsync(params (string Key, string Value)[] keys)
    {
        var config = new JsonObject(keys.Select(k => KeyValuePair.Create(k.Key, (JsonNode?)k.Value)));
        var (status, body) = await Daemon.SendAsync("PATCH", "/1.0", new JsonObject { ["config"] = config }.ToJsonString());
        return (status, (string?)body?["error"] ?? "");
    }

    /// <summary>Asks for a certificate.</summary>
    public Task<(int Status, string Error)> AskAsync(string directory = FakeAuthority.Directory) =>
        SetAsync(("acme.agree_tos", "true"), ("acme.ca_url", directory), ("acme.domain", "lxd.test"), ("acme.email", "me@lxd.test"));

    public async ValueTask DisposeAsync()
    {
        await Daemon.DisposeAsync();
        Authority.Dispose();
    }

    public string? Look(string token)
    {
        if (Renewal.Answers.Find(token) is { } answer)
        {
            return answer;
        }

        using var response = Daemon.Http.GetAsync("/.well-known/acme-challenge/" + token).GetAwaiter().GetResult();
        return response.IsSuccessStatusCode ? response.Content.ReadAsStringAsync().GetAwaiter().GetResult() : null;
    }
}
