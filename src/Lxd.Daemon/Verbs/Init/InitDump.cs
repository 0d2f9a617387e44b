using System.Text.Json.Nodes;
using Lxd.Client;

namespace Lxd.Daemon.Verbs.Init;

/// <summary>The present configuration in the form of a preseed.</summary>
internal static class InitDump
{
    public static async Task<JsonObject> ReadAsync(LxdConnection server, CancellationToken ct)
    {
        var config = (await server.GetAsync("/1.0", ct).ConfigureAwait(false))?["config"]?.DeepClone();
        return new JsonObject
        {
            ["config"] = config,
            ["networks"] = await ListAsync(server, "networks", ["config", "description", "name", "type", "project"], n => (bool?)n["managed"] == true, ct).ConfigureAwait(false),
            ["storage_pools"] = await ListAsync(server, "storage-pools", ["config", "description", "name", "driver"], _ => true, ct).ConfigureAwait(false),
            ["storage_volumes"] = new JsonArray(),
            ["profiles"] = await ListAsync(server, "profiles", ["config", "description", "devices", "name"], _ => true, ct).ConfigureAwait(false),
            ["projects"] = await ProjectsAsync(server, ct).ConfigureAwait(false),
        };
    }

    /// <summary>With the empty members a preseed of a project may have.</summary>
    private static async Task<JsonArray> ProjectsAsync(LxdConnection server, CancellationToken ct)
    {
        var projects = await ListAsync(server, "projects", ["config", "description", "name"], _ => true, ct).ConfigureAwait(false);
        foreach (var project in projects.OfType<JsonObject>())
        {
            project["storage"] = "";
            project["network"] = "";
        }

        return projects;
    }

    private static async Task<JsonArray> ListAsync(LxdConnection server, string kind, string[] members, Func<JsonObject, bool> wanted, CancellationToken ct) =>
        new([.. (await server.GetAsync($"/1.0/{kind}?recursion=1", ct).ConfigureAwait(false) as JsonArray ?? []).OfType<JsonObject>().Where(wanted).Select(n => (JsonNode)new JsonObject(members.Where(n.ContainsKey).Select(m => KeyValuePair.Create(m, n[m]?.DeepClone()))))]);
}
