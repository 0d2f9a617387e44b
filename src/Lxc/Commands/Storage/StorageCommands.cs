using System.Text.Json.Nodes;
using Lxc.Commands.Shared;
using Lxc.Framework;
using Lxc.Output;
using Lxc.Terminal;
using Lxd.Core;
using Lxd.Core.Api;

namespace Lxc.Commands.Storage;

/// <summary><c>storage</c>: pools.</summary>
internal static class StorageCommands
{
    private const string What = "[<remote>:]<pool>";

    private static readonly Columns<StoragePool> Columns = new(
        "nDsduS",
        new('n', "NAME", p => p.Name),
        new('D', "DRIVER", p => p.Driver),
        new('s', "SOURCE", p => p.Config.GetValueOrDefault("source", "")),
        new('d', "DESCRIPTION", p => p.Description),
        new('u', "USED BY", p => $"{p.UsedBy.Count}"),
        new('S', "STATE", p => p.Status.ToUpperInvariant()));

    public static IEnumerable<Command> All() =>
    [
        .. EntityCommands.Make("storage", What, 1, Find, [Hint.Pool], Flags.Target).Where(c => c.Path is not ("storage show" or "storage edit")),
        new("storage show", What, "Show storage pool configurations and resources", ShowAsync) { Flags = [new("--resources", Help: "The space of the pool instead"), Flags.Target], Count = (1, 1), Hints = [Hint.Pool] },
        new("storage edit", What, "Edit storage pool configurations as YAML", (c, a) => EntityCommands.EditAsync(c, Find(c, a))) { Count = (1, 1), Hints = [Hint.Pool], Examples = "lxc storage edit [<remote>:]<pool> < FILE.yaml\n    Take the configuration from FILE.yaml." },
        new("storage list", "[<remote>:]", "List available storage pools", ListAsync) { Aliases = ["ls"], Flags = [Flags.Format, Flags.Columns(Columns.Usual)], Count = (0, 1), Hints = [Hint.Remote] },
        new("storage create", "[<remote>:]<pool> <driver> [key=value...]", "Create storage pools", CreateAsync)
        {
            Flags = [Flags.Description("the pool"), Flags.Target], Count = (2, -1), Hints = [Hint.Remote, Hint.None],
            Examples = "lxc storage create fast dir\n    Create a pool of directories.\n\nlxc storage create fast btrfs size=20GiB < config.yaml\n    With more of its configuration from config.yaml.",
        },
        new("storage delete", What, "Delete storage pools", EntityCommands.Delete("Storage pool", Find)) { Aliases = ["rm"], Count = (1, 1), Hints = [Hint.Pool] },
        new("storage info", What, "Show useful information about storage pools", InfoAsync) { Flags = [new("--bytes", Help: "Plain numbers"), Flags.Target], Count = (1, 1), Hints = [Hint.Pool] },
    ];

    private static Target Find(Context context, Arguments arguments)
    {
        var (server, name) = context.Resolve(arguments.Rest[0]);
        return new(server, Url(name), Shape.Pool, [.. arguments.Rest.Skip(1)], Remoting.Query(("target", Remoting.TargetOf(arguments))).TrimStart('?'));
    }

    public static string Url(string name) => name.Length > 0 ? $"/1.0/storage-pools/{Uri.EscapeDataString(name)}" : throw new ApiException(0, "Missing pool name");

    private static async Task<int> ListAsync(Context context, Arguments arguments)
    {
        var server = Remoting.ServerOf(context, arguments.At(0));
        var raw = await server.GetAsync("/1.0/storage-pools?recursion=1", context.Cancel).ConfigureAwait(false);
        return await Listing.WriteAsync(context, arguments, Columns, Json.Parse<List<StoragePool>>(raw), raw).ConfigureAwait(false);
    }

    private static async Task<int> CreateAsync(Context context, Arguments arguments)
    {
        var (server, name) = context.Resolve(arguments.Rest[0]);
        var body = Input.Yaml();
        body["name"] = name;
        body["driver"] = arguments.Rest[1];
        Pairs.Apply(Target.Map(body, "config"), Pairs.Read([.. arguments.Rest.Skip(2)]));
        body["description"] = arguments.Get("--description", (string?)body["description"] ?? "");
        var query = Remoting.Query(("target", Remoting.TargetOf(arguments)));
        await server.RunAsync("POST", "/1.0/storage-pools" + query, body, null, context.Cancel).ConfigureAwait(false);
        await context.SayAsync(query.Length > 0 ? $"Storage pool {name} pending on member {Remoting.TargetOf(arguments)}" : $"Storage pool {name} created").ConfigureAwait(false);
        return 0;
    }

    private static async Task<int> ShowAsync(Context context, Arguments arguments)
    {
        var target = Find(context, arguments);
        if (!arguments.Has("--resources"))
        {
            return await EntityCommands.ShowAsync(context, target).ConfigureAwait(false);
        }

        var query = target.Query.Length > 0 ? "?" + target.Query : "";
        await context.Out.WriteAsync(Yaml.Format(await target.Server.GetAsync(target.Url + "/resources" + query, context.Cancel).ConfigureAwait(false))).ConfigureAwait(false);
        return 0;
    }

    private static async Task<int> InfoAsync(Context context, Arguments arguments)
    {
        var target = Find(context, arguments);
        var query = target.Query.Length > 0 ? "?" + target.Query : "";
        var pool = await target.Server.GetAsync<StoragePool>(target.FullUrl, context.Cancel).ConfigureAwait(false);
        var resources = await target.Server.GetAsync<ResourcesStoragePool>(target.Url + "/resources" + query, context.Cancel).ConfigureAwait(false);
        string Size(ulong bytes) => arguments.Has("--bytes") ? $"{bytes}" : Units.FormatBytes((long)bytes);
        var info = new JsonObject
        {
            ["info"] = new JsonObject { ["description"] = pool.Description, ["driver"] = pool.Driver, ["name"] = pool.Name, ["space used"] = Size(resources.Space.Used), ["total space"] = Size(resources.Space.Total) },
            ["used by"] = new JsonObject(pool.UsedBy.Select(u => u.Split('?')[0].Split('/')).Where(u => u.Length > 3).GroupBy(u => u[2] == "storage-pools" && u.Length > 4 ? u[4] : u[2]).OrderBy(g => g.Key, StringComparer.Ordinal)
                .Select(g => KeyValuePair.Create(g.Key, (JsonNode?)new JsonArray([.. g.Select(u => (JsonNode)JsonValue.Create(Uri.UnescapeDataString(u[^1])))])))),
        };
        if (pool.Status is "Errored")
        {
            ((JsonObject)info["info"]!)["status"] = pool.Status;
        }

        await context.Out.WriteAsync(Yaml.Format((JsonNode)info)).ConfigureAwait(false);
        return 0;
    }
}
