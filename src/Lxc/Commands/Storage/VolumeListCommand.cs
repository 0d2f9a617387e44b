using System.Globalization;
using System.Text.Json.Nodes;
using Lxc.Commands.Shared;
using Lxc.Framework;
using Lxc.Output;
using Lxd.Client;
using Lxd.Core;
using Lxd.Core.Api;

namespace Lxc.Commands.Storage;

/// <summary><c>storage volume list</c>.</summary>
internal static class VolumeListCommand
{
    private sealed record Row(StorageVolume Volume, string Usage);

    private static readonly Columns<Row> Columns = new(
        "petndcu",
        new('p', "POOL", r => r.Volume.Pool),
        new('e', "PROJECT", r => r.Volume.Project),
        new('t', "TYPE", r => r.Volume.Name.Contains('/') ? r.Volume.Type + " (snapshot)" : r.Volume.Type),
        new('n', "NAME", r => r.Volume.Name),
        new('d', "DESCRIPTION", r => r.Volume.Description),
        new('c', "CONTENT-TYPE", r => r.Volume.ContentType),
        new('u', "USED BY", r => r.Volume.UsedBy.Count.ToString(CultureInfo.InvariantCulture)),
        new('L', "LOCATION", r => r.Volume.Location),
        new('U', "USAGE", r => r.Usage));

    public static Command Make() => new("storage volume list", "[<remote>:][<pool>] [<filter>...]", "List storage volumes", RunAsync)
    {
        Aliases = ["ls"], Flags = [Flags.AllProjects, Flags.Columns("petndcuL"), Flags.Format], Hints = [Hint.Pool, Hint.None],
        Long = """
            Filters are members with a value (type=custom, content_type=block), or the beginning of a name.

            Columns, commas between which may be left out:
              p pool   e project   t type   n name   d description   c content type   u used by   L location   U disk usage
            """,
    };

    private static async Task<int> RunAsync(Context context, Arguments arguments)
    {
        var (server, pool) = context.Resolve(arguments.At(0));
        var filters = arguments.Rest.Skip(1).ToList();
        var all = (await FetchAsync(server, pool, arguments, filters, context.Cancel).ConfigureAwait(false)).Where(v => Matches(v.Volume, filters)).ToList();
        var clustered = all.Exists(v => v.Volume.Location is not ("" or "none"));
        var letters = arguments.Get("--columns", (pool.Length == 0 ? "p" : "") + (arguments.Has("--all-projects") ? "e" : "") + "tndcu" + (clustered ? "L" : ""));
        var columns = Columns.Parse(letters);
        if (columns.Any(c => c.Letter == 'L') && !clustered && (bool?)(await server.GetAsync("/1.0", context.Cancel).ConfigureAwait(false))?["environment"]?["server_clustered"] != true)
        {
            throw new ApiException(0, "Can't specify column L when not clustered");
        }

        var needsUsage = columns.Any(c => c.Letter == 'U');
        var rows = new List<Row>();
        foreach (var (_, volume) in all.OrderBy(v => v.Volume.Pool, NaturalOrder.Instance).ThenBy(v => v.Volume.Project, NaturalOrder.Instance).ThenBy(v => v.Volume.Type, NaturalOrder.Instance).ThenBy(v => v.Volume.Name, NaturalOrder.Instance))
        {
            rows.Add(new(volume, needsUsage && !volume.Name.Contains('/') ? await UsageAsync(server, volume, context.Cancel).ConfigureAwait(false) : ""));
        }

        await Listing.WriteAsync(context, arguments, columns, rows, new JsonArray([.. all.Select(v => v.Node.DeepClone())]), sort: false).ConfigureAwait(false);
        return 0;
    }

    private static async Task<List<(JsonNode Node, StorageVolume Volume)>> FetchAsync(LxdConnection server, string pool, Arguments arguments, List<string> filters, CancellationToken ct)
    {
        var query = Remoting.Query(("recursion", "1"), Remoting.AllProjects(arguments), ("filter", ServerSide(filters)));
        if (pool.Length > 0)
        {
            return await OneAsync(server, pool, query, ct).ConfigureAwait(false);
        }

        try
        {
            return Read(await server.GetAsync("/1.0/storage-volumes" + query, ct).ConfigureAwait(false), "");
        }
        catch (ApiException e) when (e.Status is 404 or 501)
        {
            // An older server knows volumes of one pool only.
            var all = new List<(JsonNode, StorageVolume)>();
            foreach (var one in await server.GetAsync<List<StoragePool>>("/1.0/storage-pools?recursion=1", ct).ConfigureAwait(false))
            {
                all.AddRange(await OneAsync(server, one.Name, query, ct).ConfigureAwait(false));
            }

            return all;
        }
    }

    private static async Task<List<(JsonNode Node, StorageVolume Volume)>> OneAsync(LxdConnection server, string pool, string query, CancellationToken ct) => Read(await server.GetAsync($"{StorageCommands.Url(pool)}/volumes{query}", ct).ConfigureAwait(false), pool);

    private static List<(JsonNode Node, StorageVolume Volume)> Read(JsonNode? answer, string pool) => [.. (answer as JsonArray ?? []).Select(n =>
    {
        var volume = Json.Parse<StorageVolume>(n);
        volume.Pool = volume.Pool.Length > 0 ? volume.Pool : pool;
        return (n!, volume);
    })];

    private static async Task<string> UsageAsync(LxdConnection server, StorageVolume volume, CancellationToken ct)
    {
        try
        {
            var state = await server.GetAsync<StorageVolumeState>($"{new VolumeName(volume.Type, volume.Name, "").Url(volume.Pool)}/state{Remoting.Query(("project", volume.Project))}", ct).ConfigureAwait(false);
            return state.Usage.Used > 0 ? Units.FormatBytes((long)state.Usage.Used) : "";
        }
        catch (ApiException)
        {
            // Not every kind of pool can tell.
            return "";
        }
    }

    private static string ServerSide(List<string> filters) => string.Join(" and ", filters.Where(f => f.IndexOf('=') > 0).Select(f => $"{f[..f.IndexOf('=')]} eq {f[(f.IndexOf('=') + 1)..]}"));

    private static bool Matches(StorageVolume volume, List<string> filters) => filters.All(f => f.IndexOf('=') > 0 || volume.Name.StartsWith(f, StringComparison.Ordinal));
}
