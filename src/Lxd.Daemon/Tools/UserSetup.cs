using System.Globalization;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using Lxd.Client;
using Lxd.Core;
using Lxd.Daemon.Hosting;
using Lxd.Daemon.Verbs;
using Lxd.Daemon.Verbs.Init;
using Lxd.Linux.Users;

namespace Lxd.Daemon.Tools;

/// <summary>What a user of <c>lxd-user</c> needs in the daemon: a restricted project, a bridge, a profile and a trusted certificate. Made at the first connection.</summary>
internal sealed class UserSetup(DaemonOptions options, string directory)
{
    private readonly SemaphoreSlim _lock = new(1, 1);

    /// <summary>The user's certificate; a repeat makes only what is missing.</summary>
    public async Task<X509Certificate2> EnsureAsync(uint uid, uint gid, CancellationToken ct)
    {
        await _lock.WaitAsync(ct).ConfigureAwait(false);
        try
        {
            var home = Path.Combine(directory, uid.ToString(CultureInfo.InvariantCulture));
            Directory.CreateDirectory(home, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            var certificate = ServerCertificate.LoadOrCreate(home, "client");
            using var daemon = LxdConnection.Unix(options.Socket);
            await InitializeAsync(daemon, ct).ConfigureAwait(false);
            if (!await ExistsAsync(daemon, $"/1.0/projects/user-{uid}", ct).ConfigureAwait(false))
            {
                await MakeAsync(daemon, uid, gid, ct).ConfigureAwait(false);
            }

            if (!await ExistsAsync(daemon, $"/1.0/certificates/{Convert.ToHexStringLower(certificate.GetCertHash(System.Security.Cryptography.HashAlgorithmName.SHA256))}", ct).ConfigureAwait(false))
            {
                await daemon.SendAsync("POST", "/1.0/certificates", new JsonObject
                {
                    ["name"] = $"lxd-user-{uid}", ["type"] = "client", ["restricted"] = true, ["projects"] = new JsonArray($"user-{uid}"), ["certificate"] = Convert.ToBase64String(certificate.RawData),
                }, ct).ConfigureAwait(false);
            }

            return certificate;
        }
        finally
        {
            _lock.Release();
        }
    }

    /// <summary>A daemon nobody has set up yet gets a pool and a bridge.</summary>
    private static async Task InitializeAsync(LxdConnection daemon, CancellationToken ct)
    {
        if ((await daemon.GetAsync("/1.0/storage-pools", ct).ConfigureAwait(false) as JsonArray ?? []).Count == 0)
        {
            await new InitApply(daemon).RunAsync(await InitAuto.PlanAsync(daemon, VerbArguments.Parse([], [], []), ct).ConfigureAwait(false), ct).ConfigureAwait(false);
        }
    }

    private static async Task MakeAsync(LxdConnection daemon, uint uid, uint gid, CancellationToken ct)
    {
        var (project, network) = ($"user-{uid}", $"lxdbr-{uid}");
        var pools = await daemon.GetAsync("/1.0/storage-pools?recursion=1", ct).ConfigureAwait(false) as JsonArray ?? [];
        var pool = pools.Select(p => (string)p!["name"]!).OrderBy(n => n != "default").First();
        await using var undo = new Rollback();
        if (!await ExistsAsync(daemon, $"/1.0/networks/{network}", ct).ConfigureAwait(false))
        {
            await daemon.RunAsync("POST", "/1.0/networks", new JsonObject { ["name"] = network, ["type"] = "bridge", ["description"] = $"Network for user restricted project {project}" }, null, ct).ConfigureAwait(false);
            undo.Add(() => daemon.RunAsync("DELETE", $"/1.0/networks/{network}", null, null, CancellationToken.None));
        }

        var ids = new JsonObject
        {
            ["features.images"] = "true", ["features.networks"] = "false", ["features.profiles"] = "true", ["features.storage.buckets"] = "true", ["features.storage.volumes"] = "true",
            ["restricted"] = "true", ["restricted.containers.nesting"] = "allow", ["restricted.devices.disk"] = "allow", ["restricted.devices.disk.paths"] = UserNames.HomeOf(uid),
            ["restricted.devices.gpu"] = "allow", ["restricted.idmap.uid"] = $"{uid}", ["restricted.idmap.gid"] = $"{gid}", ["restricted.networks.access"] = network,
        };
        await daemon.RunAsync("POST", "/1.0/projects", new JsonObject { ["name"] = project, ["description"] = $"User restricted project for \"{UserNames.OfUid(uid)}\" ({uid})", ["config"] = ids }, null, ct).ConfigureAwait(false);
        undo.Add(() => daemon.RunAsync("DELETE", $"/1.0/projects/{project}", null, null, CancellationToken.None));
        await daemon.RunAsync("PUT", $"/1.0/profiles/default?project={project}", new JsonObject
        {
            ["description"] = $"Default LXD profile for project {project}",
            ["config"] = new JsonObject(),
            ["devices"] = new JsonObject
            {
                ["root"] = new JsonObject { ["type"] = "disk", ["path"] = "/", ["pool"] = pool },
                ["eth0"] = new JsonObject { ["type"] = "nic", ["name"] = "eth0", ["network"] = network },
            },
        }, null, ct).ConfigureAwait(false);
        undo.Commit();
    }

    private static async Task<bool> ExistsAsync(LxdConnection daemon, string path, CancellationToken ct)
    {
        try
        {
            await daemon.GetAsync(path, ct).ConfigureAwait(false);
            return true;
        }
        catch (ApiException e) when (e.Status == 404)
        {
            return false;
        }
    }
}
