using System.Text.Json.Nodes;
using Lxd.Client;
using Lxd.Core;
using Lxd.Core.Api;

namespace Lxd.Daemon.Verbs.Init;

/// <summary>What <c>--auto</c> and <c>--minimal</c> set up: a pool, a bridge, and the default profile that uses both.</summary>
internal static class InitAuto
{
    public static async Task<JsonObject> PlanAsync(LxdConnection server, VerbArguments arguments, CancellationToken ct)
    {
        var info = await server.GetAsync<Core.Api.Server>("/1.0", ct).ConfigureAwait(false);
        var backends = info.Environment.StorageSupportedDrivers.Where(d => !d.Remote).Select(d => d.Name).ToList();
        var backend = arguments.Get("--storage-backend") is { Length: > 0 } chosen ? chosen : "dir";
        if (!backends.Contains(backend))
        {
            throw new ApiException(0, $"The requested backend '{backend}' isn't supported by lxd init");
        }

        var config = new JsonObject();
        if (arguments.Get("--network-address") is { Length: > 0 } address)
        {
            config["core.https_address"] = $"{(address.Contains(':') && !address.StartsWith('[') ? $"[{address}]" : address == "all" ? "" : address)}:{arguments.Get("--network-port", "8443")}";
        }

        if (arguments.Get("--trust-password") is { Length: > 0 } password)
        {
            config["core.trust_password"] = password;
        }

        var preseed = new JsonObject { ["config"] = config };
        var devices = new JsonObject();
        if ((await server.GetAsync("/1.0/storage-pools", ct).ConfigureAwait(false) as JsonArray ?? []).Count == 0)
        {
            var pool = new JsonObject();
            if (arguments.Get("--storage-create-device") is { Length: > 0 } device)
            {
                pool["source"] = device;
            }
            else if (arguments.Get("--storage-create-loop") is { Length: > 0 } size)
            {
                pool["size"] = size + "GiB";
            }
            else if (arguments.Get("--storage-pool") is { Length: > 0 } existing)
            {
                pool["source"] = existing;
            }

            preseed["storage_pools"] = new JsonArray(new JsonObject { ["name"] = "default", ["driver"] = backend, ["config"] = pool });
            devices["root"] = new JsonObject { ["type"] = "disk", ["path"] = "/", ["pool"] = "default" };
        }

        var networks = (await server.GetAsync("/1.0/networks?recursion=1", ct).ConfigureAwait(false) as JsonArray ?? []).OfType<JsonObject>().ToList();
        if (!networks.Exists(n => (bool?)n["managed"] == true) && !await HasNicAsync(server, ct).ConfigureAwait(false))
        {
            var name = Enumerable.Range(0, 100).Select(i => $"lxdbr{i}").First(n => networks.TrueForAll(x => (string?)x["name"] != n));
            preseed["networks"] = new JsonArray(new JsonObject { ["name"] = name, ["type"] = "", ["config"] = new JsonObject() });
            devices["eth0"] = new JsonObject { ["type"] = "nic", ["name"] = "eth0", ["network"] = name };
        }

        if (devices.Count > 0)
        {
            preseed["profiles"] = new JsonArray(new JsonObject { ["name"] = "default", ["config"] = new JsonObject(), ["devices"] = devices });
        }

        return preseed;
    }

    /// <summary>Whether somebody has seen to the network of new instances already.</summary>
    private static async Task<bool> HasNicAsync(LxdConnection server, CancellationToken ct) =>
        (await server.GetAsync<Profile>("/1.0/profiles/default", ct).ConfigureAwait(false)).Devices.Values.Any(d => d.GetValueOrDefault("type") == "nic");
}
