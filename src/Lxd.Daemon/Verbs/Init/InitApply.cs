using System.Text.Json.Nodes;
using Lxd.Client;
using Lxd.Core;

namespace Lxd.Daemon.Verbs.Init;

/// <summary>Applies a preseed: what is missing is made, what is there is changed. Where a step fails, what was made before is taken away again.</summary>
internal sealed class InitApply(LxdConnection server)
{
    public async Task RunAsync(JsonObject preseed, CancellationToken ct)
    {
        // A preseed may hold everything below "node", as older ones do.
        preseed = preseed["node"] as JsonObject ?? preseed;
        await using var undo = new Rollback();
        if (preseed["config"] is JsonObject { Count: > 0 } config)
        {
            var before = (await server.GetAsync("/1.0", ct).ConfigureAwait(false))?["config"]?.DeepClone() as JsonObject ?? [];
            await server.SendAsync("PATCH", "/1.0", new JsonObject { ["config"] = config.DeepClone() }, ct).ConfigureAwait(false);
            undo.Add(() => server.SendAsync("PUT", "/1.0", new JsonObject { ["config"] = before }, CancellationToken.None));
        }

        await EachAsync(preseed, "networks", "networks", undo, ct).ConfigureAwait(false);
        await EachAsync(preseed, "storage_pools", "storage-pools", undo, ct).ConfigureAwait(false);
        await EachAsync(preseed, "projects", "projects", undo, ct).ConfigureAwait(false);
        foreach (var volume in (preseed["storage_volumes"] as JsonArray ?? []).OfType<JsonObject>())
        {
            var pool = Uri.EscapeDataString((string?)volume["pool"] ?? throw new ApiException(0, "A storage volume of the preseed has no pool"));
            volume.Remove("pool");
            await server.RunAsync("POST", $"/1.0/storage-pools/{pool}/volumes/{(string?)volume["type"] ?? "custom"}", volume.DeepClone(), null, ct).ConfigureAwait(false);
        }

        await EachAsync(preseed, "profiles", "profiles", undo, ct).ConfigureAwait(false);
        undo.Commit();
    }

    private async Task EachAsync(JsonObject preseed, string member, string kind, Rollback undo, CancellationToken ct)
    {
        var present = (await server.GetAsync($"/1.0/{kind}?recursion=1", ct).ConfigureAwait(false) as JsonArray ?? []).OfType<JsonObject>().ToList();
        foreach (var wanted in (preseed[member] as JsonArray ?? []).OfType<JsonObject>())
        {
            var name = (string?)wanted["name"] ?? throw new ApiException(0, $"One of the {member} of the preseed has no name");
            var url = $"/1.0/{kind}/{Uri.EscapeDataString(name)}";
            var project = (string?)wanted["project"] is { Length: > 0 } and not "default" and var p ? "?project=" + Uri.EscapeDataString(p) : "";
            var body = (JsonObject)wanted.DeepClone();
            body.Remove("project");
            if (present.Find(x => (string?)x["name"] == name) is not { } there)
            {
                await server.RunAsync("POST", $"/1.0/{kind}{project}", body, null, ct).ConfigureAwait(false);
                undo.Add(() => server.RunAsync("DELETE", url + project, null, null, CancellationToken.None));
                continue;
            }

            if (kind == "storage-pools" && (string?)there["driver"] != (string?)wanted["driver"] && wanted.ContainsKey("driver"))
            {
                throw new ApiException(0, $"Storage pool \"{name}\" is of type \"{(string?)there["driver"]}\" instead of \"{(string?)wanted["driver"]}\"");
            }

            var answer = await server.SendAsync("GET", url + project, (JsonNode?)null, ct).ConfigureAwait(false);
            var merged = (JsonObject)answer.Metadata!;
            var before = merged.DeepClone();
            foreach (var (key, value) in wanted)
            {
                merged[key] = value is JsonObject map && merged[key] is JsonObject old ? Merge(old, map) : value?.DeepClone();
            }

            await server.RunAsync("PUT", url + project, merged, null, ct, answer.Etag).ConfigureAwait(false);
            undo.Add(() => server.RunAsync("PUT", url + project, before, null, CancellationToken.None));
        }
    }

    private static JsonObject Merge(JsonObject old, JsonObject more)
    {
        var merged = (JsonObject)old.DeepClone();
        foreach (var (key, value) in more)
        {
            merged[key] = value?.DeepClone();
        }

        return merged;
    }
}
