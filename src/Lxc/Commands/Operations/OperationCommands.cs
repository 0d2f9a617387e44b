using System.Text.Json.Nodes;
using Lxc.Commands.Shared;
using Lxc.Framework;
using Lxc.Output;
using Lxd.Core;
using Lxd.Core.Api;

namespace Lxc.Commands.Operations;

/// <summary><c>operation</c>.</summary>
internal static class OperationCommands
{
    private static readonly Columns<Operation> Columns = new(
        "itdscCn",
        new('i', "ID", o => o.Id),
        new('t', "TYPE", o => o.Class.ToUpperInvariant()),
        new('d', "DESCRIPTION", o => o.Description),
        new('s', "STATUS", o => o.Status.ToUpperInvariant()),
        new('c', "CANCELABLE", o => o.MayCancel ? "YES" : "NO"),
        new('C', "CREATED", o => Times.Short(o.CreatedAt)),
        new('n', "CHILDREN", o => o.ChildCount > 0 ? $"{o.ChildCount}" : ""),
        new('L', "LOCATION", o => o.Location));

    public static IEnumerable<Command> All() =>
    [
        new("operation list", "[<remote>:]", "List background operations", ListAsync) { Aliases = ["ls"], Flags = [Flags.AllProjects, Flags.Columns(Columns.Usual), Flags.Format], Count = (0, 1), Hints = [Hint.Remote] },
        new("operation list-children", "[<remote>:]<operation>", "List the parts of background operations", ChildrenAsync) { Flags = [Flags.Columns(Columns.Usual), Flags.Format], Count = (1, 1), Hints = [Hint.Operation] },
        new("operation show", "[<remote>:]<operation>", "Show details of background operations", async (c, a) =>
        {
            var (server, id) = c.Resolve(a.Rest[0]);
            await c.Out.WriteAsync(Yaml.Format(await server.GetAsync(Url(id), c.Cancel).ConfigureAwait(false))).ConfigureAwait(false);
            return 0;
        })
        { Count = (1, 1), Hints = [Hint.Operation] },
        new("operation delete", "[<remote>:]<operation>", "Cancel background operations", async (c, a) =>
        {
            var (server, id) = c.Resolve(a.Rest[0]);
            await server.SendAsync("DELETE", Url(id), (JsonNode?)null, c.Cancel).ConfigureAwait(false);
            await c.SayAsync($"Operation {id} deleted").ConfigureAwait(false);
            return 0;
        })
        { Aliases = ["cancel", "rm"], Count = (1, 1), Hints = [Hint.Operation] },
    ];

    private static string Url(string id) => $"/1.0/operations/{Uri.EscapeDataString(id)}";

    private static async Task<int> ListAsync(Context context, Arguments arguments)
    {
        var server = Remoting.ServerOf(context, arguments.At(0));
        var groups = await server.GetAsync("/1.0/operations" + Remoting.Query(("recursion", "1"), Remoting.AllProjects(arguments)), context.Cancel).ConfigureAwait(false) as JsonObject ?? [];
        return await ShowAsync(context, arguments, groups.SelectMany(g => g.Value as JsonArray ?? [])).ConfigureAwait(false);
    }

    private static async Task<int> ChildrenAsync(Context context, Arguments arguments)
    {
        var (server, id) = context.Resolve(arguments.Rest[0]);
        var whole = await server.GetAsync(Url(id) + "?recursion=1", context.Cancel).ConfigureAwait(false);
        return await ShowAsync(context, arguments, whole?["children"] as JsonArray ?? []).ConfigureAwait(false);
    }

    /// <summary>The oldest first.</summary>
    private static async Task<int> ShowAsync(Context context, Arguments arguments, IEnumerable<JsonNode?> nodes)
    {
        var all = nodes.Select(n => (Node: n, Operation: Json.Parse<Operation>(n))).OrderBy(o => o.Operation.CreatedAt).ToList();
        var clustered = all.Exists(o => o.Operation.Location is not ("" or "none"));
        var columns = Columns.Parse(arguments.Get("--columns", Columns.Usual + (clustered ? "L" : "")));
        await Listing.WriteAsync(context, arguments, columns, all.Select(o => o.Operation), new JsonArray([.. all.Select(o => o.Node?.DeepClone())]), sort: false).ConfigureAwait(false);
        return 0;
    }
}
