using System.Text.Json.Nodes;
using Lxc.Framework;
using Lxc.Output;
using Lxc.Terminal;
using Lxd.Core;
using Lxd.Core.Api;

namespace Lxc.Commands;

/// <summary><c>storage</c>: pools.</summary>
internal static class StorageCommands
{
    public static IEnumerable<Command> All() =>
    [
        .. EntityCommands.Make("storage", "[<remote>:]<pool>", Find, ["config", "description"]).Where(c => c.Path != "storage show"),
        new("storage show", "[<remote>:]<pool>", "Show storage pool configurations and resources", ShowAsync) { Flags = [new("--resources", Help: "The space of the pool instead"), new("--target", Value: "member", Help: "Cluster member")], Count = (1, 1) },
        .. VolumeCommands.All(),
        new("storage list", "[<remote>:]", "List available storage pools", ListAsync) { Aliases = ["ls"], Flags = [new("--format", "-f", "format", "table, compact, csv, json or yaml"), new("--columns", "-c", "letters", "Columns")], Count = (0, 1) },
        new("storage create", "[<remote>:]<pool> <driver> [key=value...]", "Create storage pools", CreateAsync) { Flags = [new("--description", Value: "text", Help: "Description"), new("--target", Value: "member", Help: "Cluster member")], Count = (2, -1) },
        new("storage delete", "[<remote>:]<pool>", "Delete storage pools", DeleteAsync) { Aliases = ["rm"], Count = (1, 1) },
        new("storage info", "[<remote>:]<pool>", "Show useful information about storage pools", InfoAsync) { Flags = [new("--bytes", Help: "Plain numbers"), new("--target", Value: "member", Help: "Cluster member")], Count = (1, 1) },
    ];

    private static EntityCommands.Target Find(Context context, List<string> words)
    {
        var (server, name) = context.Resolve(words.Count > 0 ? words[0] : throw new UsageException("Missing pool name"));
        return new(server, Url(name), [.. words.Skip(1)]);
    }

    private static string Url(string name) => name.Length > 0 ? $"/1.0/storage-pools/{Uri.EscapeDataString(name)}" : throw new ApiException(0, "Missing pool name");

    private static async Task<int> ListAsync(Context context, Arguments arguments)
    {
        var (server, _) = context.Resolve(arguments.Rest.FirstOrDefault(""));
        var all = await server.GetAsync<List<StoragePool>>("/1.0/storage-pools?recursion=1", context.Cancel).ConfigureAwait(false);
        await context.Out.WriteAsync(Table.Render(arguments.Get("--format", "table"), ["NAME", "DRIVER", "SOURCE", "DESCRIPTION", "USED BY", "STATE"], all.OrderBy(p => p.Name, StringComparer.Ordinal).Select(p => (IReadOnlyList<string>)[p.Name, p.Driver, p.Config.GetValueOrDefault("source", ""), p.Description, $"{p.UsedBy.Count}", p.Status.ToUpperInvariant()]), Json.Node(all))).ConfigureAwait(false);
        return 0;
    }

    private static async Task<int> CreateAsync(Context context, Arguments arguments)
    {
        var (server, name) = context.Resolve(arguments.Rest[0]);
        var body = Yaml.Parse(Input.ReadPiped()) as JsonObject ?? [];
        var config = body["config"] as JsonObject ?? [];
        foreach (var (key, value) in arguments.Rest.Count > 2 ? EntityCommands.Pairs([.. arguments.Rest.Skip(2)]) : [])
        {
            config[key] = value;
        }

        body["name"] = name;
        body["driver"] = arguments.Rest[1];
        body["config"] = config.DeepClone();
        body["description"] = arguments.Get("--description", (string?)body["description"] ?? "");
        await server.SendAsync("POST", "/1.0/storage-pools", body, context.Cancel).ConfigureAwait(false);
        await Say(context, $"Storage pool {name} created").ConfigureAwait(false);
        return 0;
    }

    private static async Task<int> DeleteAsync(Context context, Arguments arguments)
    {
        var (server, name) = context.Resolve(arguments.Rest[0]);
        await server.SendAsync("DELETE", Url(name), (JsonNode?)null, context.Cancel).ConfigureAwait(false);
        await Say(context, $"Storage pool {name} deleted").ConfigureAwait(false);
        return 0;
    }

    private static async Task<int> ShowAsync(Context context, Arguments arguments)
    {
        var (server, name) = context.Resolve(arguments.Rest[0]);
        var shown = arguments.Has("--resources")
            ? await server.GetAsync(Url(name) + "/resources", context.Cancel).ConfigureAwait(false)
            : EntityCommands.Shown((JsonObject)(await server.GetAsync(Url(name), context.Cancel).ConfigureAwait(false))!, ["config", "description"], false);
        await context.Out.WriteAsync(Yaml.Format(shown)).ConfigureAwait(false);
        return 0;
    }

    private static async Task<int> InfoAsync(Context context, Arguments arguments)
    {
        var (server, name) = context.Resolve(arguments.Rest[0]);
        var pool = await server.GetAsync<StoragePool>(Url(name), context.Cancel).ConfigureAwait(false);
        var resources = await server.GetAsync<ResourcesStoragePool>(Url(name) + "/resources", context.Cancel).ConfigureAwait(false);
        string Size(ulong bytes) => arguments.Has("--bytes") ? $"{bytes}" : Units.FormatBytes((long)bytes);
        var info = new JsonObject
        {
            ["info"] = new JsonObject { ["description"] = pool.Description, ["driver"] = pool.Driver, ["name"] = pool.Name, ["space used"] = Size(resources.Space.Used), ["total space"] = Size(resources.Space.Total) },
            ["used by"] = new JsonObject(pool.UsedBy.GroupBy(u => u.Split('/')[2]).OrderBy(g => g.Key, StringComparer.Ordinal).Select(g => KeyValuePair.Create(g.Key, (JsonNode?)new JsonArray([.. g.Select(u => (JsonNode)JsonValue.Create(Uri.UnescapeDataString(u.Split('?')[0].Split('/')[^1])))])))),
        };
        await context.Out.WriteAsync(Yaml.Format((JsonNode)info)).ConfigureAwait(false);
        return 0;
    }

    private static Task Say(Context context, string text) => context.Quiet ? Task.CompletedTask : context.Out.WriteLineAsync(text);
}
