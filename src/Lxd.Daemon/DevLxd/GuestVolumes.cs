using System.Text.Json.Nodes;
using Lxd.Core;
using Lxd.Daemon.Http;
using Lxd.Daemon.Storage;

namespace Lxd.Daemon.DevLxd;

/// <summary>Pools and custom volumes for identities that speak from inside an instance. Each has to do only with the volumes it made itself.</summary>
internal sealed class GuestVolumes(GuestApi api)
{
    private const string Custom = "custom";
    private static readonly string[] Shown = ["name", "description", "pool", "type", "content_type", "config", "location"];

    /// <param name="path">The parts of the path behind <c>/1.0/storage-pools</c>, unescaped.</param>
    /// <param name="body">Null where the request has none.</param>
    public async Task<GuestAnswer> AnswerAsync(Caller caller, string method, string[] path, bool recursive, JsonObject body, string etag, CancellationToken ct)
    {
        switch (method, path)
        {
            case ("GET", [var pool]):
                var (shown, tag) = await api.GetAsync(caller, Url(pool), ct).ConfigureAwait(false);
                return new(GuestAnswer.Pick(shown, "name", "description", "driver", "status"), tag);
            case ("GET", [var pool, "volumes"]):
                return await ListAsync(caller, pool, recursive, ct).ConfigureAwait(false);
            case ("GET", [var pool, "volumes", var type]):
                CheckCustom(type);
                return await ListAsync(caller, pool, recursive, ct).ConfigureAwait(false);
            case ("POST", [var pool, "volumes"]):
                return await CreateAsync(caller, pool, (string?)body["type"] ?? "", body, ct).ConfigureAwait(false);
            case ("POST", [var pool, "volumes", var type]):
                return await CreateAsync(caller, pool, type, body, ct).ConfigureAwait(false);
            case ("GET", [var pool, "volumes", var type, var name]):
                var (volume, itsTag) = await api.GetAsync(caller, Url(pool, "volumes", type, name), ct).ConfigureAwait(false);
                CheckCustom(type);
                return new(GuestAnswer.Pick(CheckOwned(caller, volume), Shown), itsTag);
            case ("PUT" or "PATCH", [var pool, "volumes", var type, var name]):
                return await RunAsync(caller, method, Url(pool, "volumes", type, name), Changed(body), etag, pool, type, name, ct).ConfigureAwait(false);
            case ("DELETE", [var pool, "volumes", var type, var name]):
                return await RunAsync(caller, method, Url(pool, "volumes", type, name), null, "", pool, type, name, ct).ConfigureAwait(false);
            case ("GET", [var pool, "volumes", var type, var name, "snapshots"]):
                await OwnAsync(caller, pool, type, name, ct).ConfigureAwait(false);
                var (list, _) = await api.GetAsync(caller, Url(pool, "volumes", type, name, "snapshots") + "?recursion=1", ct).ConfigureAwait(false);
                return List(list.AsArray(), recursive, s => Url(pool, "volumes", type, name, "snapshots", Names.SplitSnapshot((string)s["name"]!).Snapshot ?? ""));
            case ("POST", [var pool, "volumes", var type, var name, "snapshots"]):
                return await RunAsync(caller, method, Url(pool, "volumes", type, name, "snapshots"), GuestAnswer.Pick(body, "name", "description", "expires_at"), "", pool, type, name, ct).ConfigureAwait(false);
            case ("GET", [var pool, "volumes", var type, var name, "snapshots", var snapshot]):
                await OwnAsync(caller, pool, type, name, ct).ConfigureAwait(false);
                var (one, oneTag) = await api.GetAsync(caller, Url(pool, "volumes", type, name, "snapshots", snapshot), ct).ConfigureAwait(false);
                return new(GuestAnswer.Pick(one, Shown), oneTag);
            case ("DELETE", [var pool, "volumes", var type, var name, "snapshots", var snapshot]):
                return await RunAsync(caller, method, Url(pool, "volumes", type, name, "snapshots", snapshot), null, "", pool, type, name, ct).ConfigureAwait(false);
            default:
                throw ApiException.NotFound();
        }
    }

    /// <summary>Throws unless the identity made this custom volume.</summary>
    public async Task<JsonNode> OwnAsync(Caller caller, string pool, string type, string name, CancellationToken ct)
    {
        CheckCustom(type);
        return CheckOwned(caller, (await api.GetAsync(caller, Url(pool, "volumes", type, name), ct).ConfigureAwait(false)).Thing);
    }

    private async Task<GuestAnswer> ListAsync(Caller caller, string pool, bool recursive, CancellationToken ct)
    {
        var (all, _) = await api.GetAsync(caller, Url(pool, "volumes", Custom) + "?recursion=1", ct).ConfigureAwait(false);
        return List(all.AsArray().Where(v => IsOwned(caller, v!) && !((string)v!["name"]!).Contains('/')), recursive, v => Url(pool, "volumes", Custom, (string)v["name"]!));
    }

    private static GuestAnswer List(IEnumerable<JsonNode?> things, bool recursive, Func<JsonNode, string> url) =>
        new(new JsonArray([.. things.Select(t => recursive ? GuestAnswer.Pick(t!, Shown) : (JsonNode)url(t!))]));

    private async Task<GuestAnswer> CreateAsync(Caller caller, string pool, string type, JsonObject body, CancellationToken ct)
    {
        CheckConfig(body);
        var post = GuestAnswer.Pick(body, "name", "description", "content_type", "config");
        var config = post["config"] as JsonObject ?? [];
        if (body["source"] is JsonObject source && (string?)source["name"] is { Length: > 0 } from)
        {
            if ((string?)source["type"] is not (null or "" or "copy"))
            {
                throw ApiException.BadRequest("A volume can only be copied from another one of the same server");
            }

            var there = (string?)source["pool"] is { Length: > 0 } other ? other : pool;
            foreach (var (key, value) in await SourceAsync(caller, there, from, ct).ConfigureAwait(false))
            {
                config.TryAdd(key, value?.DeepClone());
            }

            post["source"] = new JsonObject { ["type"] = "copy", ["name"] = from, ["pool"] = there, ["volume_only"] = true };
        }

        config[VolumeService.GuestOwner] = caller.Username;
        post["config"] = config.DeepClone();
        post["type"] = Custom;
        var response = await api.AskAsync(caller, "POST", Url(pool, "volumes", Custom), post, "", ct, () =>
        {
            CheckCustom(type);
            return Task.CompletedTask;
        }).ConfigureAwait(false);
        return GuestAnswer.Of(response.Operation!);
    }

    /// <summary>The configuration of what a new volume is copied from; another's is as good as not there.</summary>
    private async Task<JsonObject> SourceAsync(Caller caller, string pool, string from, CancellationToken ct)
    {
        var (name, snapshot) = Names.SplitSnapshot(from);
        try
        {
            var volume = await OwnAsync(caller, pool, Custom, name, ct).ConfigureAwait(false);
            var origin = snapshot is null ? volume : (await api.GetAsync(caller, Url(pool, "volumes", Custom, name, "snapshots", snapshot), ct).ConfigureAwait(false)).Thing;
            return (JsonObject)origin["config"]!;
        }
        catch (ApiException e) when (e.Status == 404)
        {
            throw ApiException.NotFound("Source volume not found");
        }
    }

    private async Task<GuestAnswer> RunAsync(Caller caller, string method, string url, JsonObject? body, string etag, string pool, string type, string name, CancellationToken ct)
    {
        var response = await api.AskAsync(caller, method, url, body, etag, ct, () => OwnAsync(caller, pool, type, name, ct)).ConfigureAwait(false);
        return GuestAnswer.Of(response.Operation!);
    }

    private static JsonObject Changed(JsonObject body)
    {
        CheckConfig(body);
        return GuestAnswer.Pick(body, "description", "config");
    }

    private static void CheckConfig(JsonObject body)
    {
        if ((body["config"] as JsonObject)?.FirstOrDefault(c => c.Key.StartsWith("volatile.", StringComparison.Ordinal)).Key is { } key)
        {
            throw ApiException.Forbidden($"Key \"{key}\" cannot be set");
        }
    }

    private static void CheckCustom(string type)
    {
        if (type != Custom)
        {
            throw ApiException.BadRequest("Only custom storage volume requests are allowed");
        }
    }

    private static JsonNode CheckOwned(Caller caller, JsonNode volume) => IsOwned(caller, volume) ? volume : throw ApiException.NotFound();

    private static bool IsOwned(Caller caller, JsonNode volume) => (string?)volume["config"]?[VolumeService.GuestOwner] == caller.Username;

    private static string Url(params string[] parts) => "/1.0/storage-pools/" + string.Join('/', parts.Select(Uri.EscapeDataString));
}
