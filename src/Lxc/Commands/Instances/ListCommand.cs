using System.Text.Json.Nodes;
using Lxc.Commands.Shared;
using Lxc.Framework;
using Lxc.Output;
using Lxd.Client;
using Lxd.Core;
using Lxd.Core.Api;

namespace Lxc.Commands.Instances;

/// <summary><c>list</c>.</summary>
internal static class ListCommand
{
    public static Command Make() => new("list", "[<remote>:] [<filter>...]", "List instances", RunAsync)
    {
        Aliases = ["ls"],
        Flags = [Flags.AllProjects, Flags.Columns(InstanceColumns.Usual), new("--fast", Help: $"Columns that cost little: {InstanceColumns.Fast}"), Flags.Format],
        Long = """
            Filters select instances; with several, those that satisfy all:
              web              names that begin with "web"
              .*web.*01$       names that match a regular expression
              user.note=abc    a configuration key with this value; its first word may be shortened (u.note=abc)
              type=container   the kind; likewise status=, architecture=, location=, and ipv4= and ipv6= with an address or network
            Values separated by commas select what has any of them.

            """ + InstanceColumns.Help,
        Examples = "lxc list -c nFs46,volatile.eth0.hwaddr:MAC,config:image.os,devices:eth0.parent:ETHP\n    Name, base image, state, addresses, and three columns from configuration and devices.",
        Hints = [Hint.Remote],
    };

    private static async Task<int> RunAsync(Context context, Arguments arguments)
    {
        if (arguments.Given("--columns") && arguments.Has("--fast"))
        {
            throw new ApiException(0, "Can't specify --fast with --columns");
        }

        var (remote, filters) = Target(context, arguments.Rest);
        var allProjects = arguments.Has("--all-projects");
        var letters = arguments.Get("--columns", arguments.Has("--fast") ? InstanceColumns.Fast : (allProjects ? "e" : "") + InstanceColumns.Usual);
        var columns = InstanceColumns.Parse(letters);
        var format = arguments.Get("--format", "table");
        var server = context.Server(remote);
        var raw = await FetchAsync(server, columns, filters, allProjects, format is "json" or "yaml", context.Cancel).ConfigureAwait(false);
        var all = raw.Select(i => (Node: i, Instance: Json.Parse<InstanceFull>(i))).Where(i => filters.Match(i.Instance)).ToList();
        var chosen = await LocatedAsync(server, columns, all, arguments, context.Cancel).ConfigureAwait(false);
        await Listing.WriteAsync(context, arguments, chosen, all.Select(i => i.Instance), new JsonArray([.. all.Select(i => i.Node!.DeepClone())])).ConfigureAwait(false);
        return 0;
    }

    private static (string Remote, InstanceFilters Filters) Target(Context context, List<string> words)
    {
        var remote = context.Config.Default;
        var filters = new List<string>();
        foreach (var word in words)
        {
            var colon = word.Contains('=') ? -1 : word.IndexOf(':');
            if (colon >= 0 && (colon == word.Length - 1 || context.Config.Remotes.ContainsKey(word[..colon])))
            {
                (remote, var name) = context.Config.Split(word);
                filters.AddRange(name.Length > 0 ? [name] : []);
            }
            else
            {
                filters.Add(word);
            }
        }

        return (remote, new InstanceFilters(filters));
    }

    /// <summary>Asks for no more than the columns need: what an instance uses of its disk and network is costly to find out.</summary>
    private static async Task<JsonArray> FetchAsync(LxdConnection server, IReadOnlyList<InstanceColumn> columns, InstanceFilters filters, bool allProjects, bool whole, CancellationToken ct)
    {
        var query = (allProjects ? "&all-projects=true" : "") + (filters.ServerSide is { Length: > 0 } filter ? "&filter=" + Uri.EscapeDataString(filter) : "");
        var needs = columns.Aggregate(Needs.Nothing, (n, c) => n | c.Needs) | filters.Needs;
        var chosen = await ListAsync(whole ? "2" : Recursion(needs)).ConfigureAwait(false);

        // A server that does not know of fields sees no recursion and answers with addresses only.
        return chosen.Count == 0 || chosen[0] is JsonObject ? chosen : await ListAsync("2").ConfigureAwait(false);

        async Task<JsonArray> ListAsync(string recursion) => await server.GetAsync($"/1.0/instances?recursion={recursion}{query}", ct).ConfigureAwait(false) as JsonArray ?? [];
    }

    /// <summary>How deep a list has to be.</summary>
    internal static string Recursion(Needs needs)
    {
        var fields = ((Needs, string)[])[(Needs.Disk, "state.disk"), (Needs.Network, "state.network")];
        return needs == Needs.Nothing ? "1" : Uri.EscapeDataString($"2;fields={string.Join(',', fields.Where(f => needs.HasFlag(f.Item1)).Select(f => f.Item2))}");
    }

    /// <summary>Where instances are is a column of clusters only: shown there unasked, refused elsewhere.</summary>
    private static async Task<List<Column<InstanceFull>>> LocatedAsync(LxdConnection server, IReadOnlyList<InstanceColumn> columns, List<(JsonNode? Node, InstanceFull Instance)> all, Arguments arguments, CancellationToken ct)
    {
        var shown = columns.Select(c => c.Column).ToList();
        var clustered = all.Exists(i => i.Instance.Location is not ("" or "none"));
        if (shown.Exists(c => c.Letter == 'L'))
        {
            if (!clustered && (await server.GetAsync("/1.0", ct).ConfigureAwait(false))?["environment"]?["server_clustered"] is var node && (bool?)node != true)
            {
                throw new ApiException(0, "Can't specify column L when not clustered");
            }
        }
        else if (clustered && !arguments.Given("--columns") && !arguments.Has("--fast"))
        {
            shown.Add(InstanceColumns.Find('L')!.Column);
        }

        return shown;
    }
}
