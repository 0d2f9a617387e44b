using System.Globalization;
using System.Text.Json.Nodes;
using Lxc.Commands.Shared;
using Lxc.Framework;
using Lxc.Output;
using Lxc.Terminal;
using Lxd.Core;
using Lxd.Core.Api;

namespace Lxc.Commands.Networks;

/// <summary><c>network zone</c>.</summary>
internal static class NetworkZoneCommands
{
    private const string What = "[<remote>:]<Zone>";
    private const string Of = "[<remote>:]<zone> <record>";
    private static readonly Shape Zone = new(["config", "description"], ["name", "description", "config", "used_by", "project"]);
    private static readonly Shape Record = new(["config", "description", "entries"], ["name", "description", "entries", "config"]);

    private static readonly Columns<NetworkZone> Columns = new(
        "ndu",
        new('n', "NAME", z => z.Name),
        new('d', "DESCRIPTION", z => z.Description),
        new('u', "USED BY", z => $"{z.UsedBy.Count}"),
        new('e', "PROJECT", z => z.Project));

    private static readonly Columns<NetworkZoneRecord> RecordColumns = new(
        "ndE",
        new('n', "NAME", r => r.Name),
        new('d', "DESCRIPTION", r => r.Description),
        new('E', "ENTRIES", r => string.Join('\n', r.Entries.Select(e => $"{e.Type} {e.Value}"))));

    public static IEnumerable<Command> All() =>
    [
        .. EntityCommands.Make("network zone", What, 1, Find, [Hint.None]),
        new("network zone list", "[<remote>:]", "List network zones", ListAsync) { Aliases = ["ls"], Flags = [Flags.AllProjects, Flags.Columns(Columns.Usual), Flags.Format], Count = (0, 1), Hints = [Hint.Remote] },
        new("network zone create", What + " [key=value...]", "Create network zones", CreateAsync) { Count = (1, -1), Hints = [Hint.Remote, Hint.None] },
        new("network zone delete", What, "Delete network zones", EntityCommands.Delete("Network zone", Find)) { Aliases = ["rm"], Count = (1, 1) },
        .. EntityCommands.Make("network zone record", Of, 2, FindRecord, [Hint.None]),
        new("network zone record list", "[<remote>:]<zone>", "List records of network zones", ListRecordsAsync) { Aliases = ["ls"], Flags = [Flags.Columns(RecordColumns.Usual), Flags.Format], Count = (1, 1) },
        new("network zone record create", Of + " [key=value...]", "Create records of network zones", CreateRecordAsync) { Count = (2, -1) },
        new("network zone record delete", Of, "Delete records of network zones", DeleteRecordAsync) { Aliases = ["rm"], Count = (2, 2) },
        new("network zone record entry add", Of + " <type> <value>", "Add entries to records", AddAsync) { Flags = [new("--ttl", Value: "seconds", Help: "How long name servers keep the entry")], Count = (4, 4) },
        new("network zone record entry remove", Of + " <type> <value>", "Remove entries from records", RemoveAsync) { Count = (4, 4) },
    ];

    private static string Url(string zone) => zone.Length > 0 ? $"/1.0/network-zones/{Uri.EscapeDataString(zone)}" : throw new ApiException(0, "Missing network zone name");

    private static string Url(string zone, string record) => record.Length > 0 ? $"{Url(zone)}/records/{Uri.EscapeDataString(record)}" : throw new ApiException(0, "Missing network zone record name");

    private static Target Find(Context context, Arguments arguments)
    {
        var (server, zone) = context.Resolve(arguments.Rest[0]);
        return new(server, Url(zone), Zone, [.. arguments.Rest.Skip(1)], "");
    }

    private static Target FindRecord(Context context, Arguments arguments)
    {
        var (server, zone) = context.Resolve(arguments.Rest[0]);
        return new(server, Url(zone, arguments.Rest[1]), Record, [.. arguments.Rest.Skip(2)], "");
    }

    private static async Task<int> ListAsync(Context context, Arguments arguments)
    {
        var server = Remoting.ServerOf(context, arguments.At(0));
        var raw = await server.GetAsync("/1.0/network-zones" + Remoting.Query(("recursion", "1"), Remoting.AllProjects(arguments)), context.Cancel).ConfigureAwait(false);
        var columns = Columns.Parse(arguments.Get("--columns", (arguments.Has("--all-projects") ? "e" : "") + Columns.Usual));
        await Listing.WriteAsync(context, arguments, columns, Json.Parse<List<NetworkZone>>(raw), raw).ConfigureAwait(false);
        return 0;
    }

    private static async Task<int> CreateAsync(Context context, Arguments arguments)
    {
        var (server, zone) = context.Resolve(arguments.Rest[0]);
        _ = Url(zone);
        await server.RunAsync("POST", "/1.0/network-zones", Body(zone, arguments.Rest.Skip(1)), null, context.Cancel).ConfigureAwait(false);
        await context.SayAsync($"Network zone {zone} created").ConfigureAwait(false);
        return 0;
    }

    private static async Task<int> ListRecordsAsync(Context context, Arguments arguments)
    {
        var (server, zone) = context.Resolve(arguments.Rest[0]);
        var raw = await server.GetAsync(Url(zone) + "/records?recursion=1", context.Cancel).ConfigureAwait(false);
        return await Listing.WriteAsync(context, arguments, RecordColumns, Json.Parse<List<NetworkZoneRecord>>(raw), raw).ConfigureAwait(false);
    }

    private static async Task<int> CreateRecordAsync(Context context, Arguments arguments)
    {
        var (server, zone) = context.Resolve(arguments.Rest[0]);
        _ = Url(zone, arguments.Rest[1]);
        await server.RunAsync("POST", Url(zone) + "/records", Body(arguments.Rest[1], arguments.Rest.Skip(2)), null, context.Cancel).ConfigureAwait(false);
        await context.SayAsync($"Network zone record {arguments.Rest[1]} created").ConfigureAwait(false);
        return 0;
    }

    private static async Task<int> DeleteRecordAsync(Context context, Arguments arguments)
    {
        var target = FindRecord(context, arguments);
        await target.Server.RunAsync("DELETE", target.Url, (JsonNode?)null, null, context.Cancel).ConfigureAwait(false);
        await context.SayAsync($"Network zone record {arguments.Rest[1]} deleted").ConfigureAwait(false);
        return 0;
    }

    private static Task<int> AddAsync(Context context, Arguments arguments)
    {
        var ttl = arguments.Get("--ttl", "0");
        return ulong.TryParse(ttl, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            ? ChangeAsync(context, arguments, entries => entries.Add((JsonNode)new JsonObject { ["type"] = arguments.Rest[2], ["ttl"] = seconds, ["value"] = arguments.Rest[3] }))
            : throw new UsageException($"invalid argument \"{ttl}\" for \"--ttl\" flag");
    }

    private static Task<int> RemoveAsync(Context context, Arguments arguments) => ChangeAsync(context, arguments, entries =>
    {
        var found = entries.FirstOrDefault(e => (string?)e!["type"] == arguments.Rest[2] && (string?)e["value"] == arguments.Rest[3]) ?? throw new ApiException(0, "Couldn't find a matching entry");
        entries.Remove(found);
    });

    private static async Task<int> ChangeAsync(Context context, Arguments arguments, Action<JsonArray> change)
    {
        var target = FindRecord(context, arguments);
        var answer = await target.Server.SendAsync("GET", target.Url, (JsonNode?)null, context.Cancel).ConfigureAwait(false);
        var record = (JsonObject)answer.Metadata!;
        var entries = (record["entries"]?.DeepClone() as JsonArray) ?? [];
        change(entries);
        var body = new JsonObject(Record.Editable.Select(m => KeyValuePair.Create(m, record[m]?.DeepClone()))) { ["entries"] = entries };
        await target.Server.SendAsync("PUT", target.Url, body, context.Cancel, answer.Etag).ConfigureAwait(false);
        return 0;
    }

    private static JsonObject Body(string name, IEnumerable<string> pairs)
    {
        var body = Input.Yaml();
        body["name"] = name;
        Pairs.Apply(Target.Map(body, "config"), Pairs.Read([.. pairs]));
        return body;
    }
}
