using System.Text.Json.Nodes;
using Lxc.Commands.Shared;
using Lxc.Framework;
using Lxc.Output;
using Lxd.Core;
using Lxd.Core.Api;

namespace Lxc.Commands.Warnings;

/// <summary><c>warning</c>.</summary>
internal static class WarningCommands
{
    private const string What = "[<remote>:]<warning-uuid>";

    private static readonly Columns<Warning> Columns = new(
        "utSscpl",
        new('c', "COUNT", w => $"{w.Count}"),
        new('f', "FIRST SEEN", w => Times.Long(w.FirstSeenAt)),
        new('l', "LAST SEEN", w => Times.Long(w.LastSeenAt)),
        new('L', "LOCATION", w => w.Location),
        new('p', "PROJECT", w => w.Project),
        new('s', "SEVERITY", w => w.Severity.ToUpperInvariant()),
        new('S', "STATUS", w => w.Status.ToUpperInvariant()),
        new('t', "TYPE", w => w.Type),
        new('u', "UUID", w => w.Uuid));

    public static IEnumerable<Command> All() =>
    [
        new("warning list", "[<remote>:]", "List warnings", ListAsync)
        {
            Aliases = ["ls"], Flags = [new("--all", "-a", Help: "With those that were acknowledged"), Flags.Columns("utSscpLl"), Flags.Format], Count = (0, 1), Hints = [Hint.Remote],
            Long = "Columns, commas between which may be left out:\n  c count   f first seen   l last seen   L location   p project   s severity   S status   t type   u UUID",
        },
        new("warning acknowledge", What, "Acknowledge warnings", AcknowledgeAsync) { Aliases = ["ack"], Count = (1, 1), Hints = [Hint.Warning] },
        new("warning show", What, "Show warnings", async (c, a) =>
        {
            var (server, id) = c.Resolve(a.Rest[0]);
            await c.Out.WriteAsync(Yaml.Format(await server.GetAsync(Url(id), c.Cancel).ConfigureAwait(false))).ConfigureAwait(false);
            return 0;
        })
        { Count = (1, 1), Hints = [Hint.Warning] },
        new("warning delete", "[<remote>:][<warning-uuid>]", "Delete warnings", DeleteAsync) { Aliases = ["rm"], Flags = [new("--all", "-a", Help: "All of them")], Count = (0, 1), Hints = [Hint.Warning] },
    ];

    private static string Url(string id) => id.Length > 0 ? $"/1.0/warnings/{Uri.EscapeDataString(id)}" : throw new ApiException(0, "Missing warning UUID");

    private static async Task<int> ListAsync(Context context, Arguments arguments)
    {
        var server = Remoting.ServerOf(context, arguments.At(0));
        var raw = (await server.GetAsync("/1.0/warnings?recursion=1", context.Cancel).ConfigureAwait(false) as JsonArray ?? []).Select(n => (Node: n, Warning: Json.Parse<Warning>(n))).Where(w => arguments.Has("--all") || w.Warning.Status is not ("acknowledged" or "resolved")).ToList();
        var columns = Columns.Parse(arguments.Get("--columns", "utSscp" + (raw.Exists(w => w.Warning.Location is not ("" or "none")) ? "Ll" : "l")));
        await Listing.WriteAsync(context, arguments, columns, raw.Select(w => w.Warning), new JsonArray([.. raw.Select(w => w.Node?.DeepClone())])).ConfigureAwait(false);
        return 0;
    }

    private static async Task<int> AcknowledgeAsync(Context context, Arguments arguments)
    {
        var (server, id) = context.Resolve(arguments.Rest[0]);
        await server.SendAsync("PUT", Url(id), new JsonObject { ["status"] = "acknowledged" }, context.Cancel).ConfigureAwait(false);
        return 0;
    }

    private static async Task<int> DeleteAsync(Context context, Arguments arguments)
    {
        var (server, id) = context.Resolve(arguments.At(0));
        if (!arguments.Has("--all"))
        {
            await server.SendAsync("DELETE", id.Length > 0 ? Url(id) : throw new ApiException(0, "Specify a warning UUID or use --all"), (JsonNode?)null, context.Cancel).ConfigureAwait(false);
            return 0;
        }

        if (id.Length > 0)
        {
            throw new ApiException(0, "No need to specify a warning UUID when using --all");
        }

        foreach (var warning in await server.GetAsync<List<Warning>>("/1.0/warnings?recursion=1", context.Cancel).ConfigureAwait(false))
        {
            await server.SendAsync("DELETE", Url(warning.Uuid), (JsonNode?)null, context.Cancel).ConfigureAwait(false);
        }

        return 0;
    }
}
