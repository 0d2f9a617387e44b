using System.Text.Json.Nodes;
using Lxc.Framework;
using Lxc.Output;
using Lxd.Core;
using Lxd.Core.Api;

namespace Lxc.Commands;

/// <summary><c>image alias</c>.</summary>
internal static class AliasCommands
{
    public static IEnumerable<Command> All() =>
    [
        new("image alias create", "[<remote>:]<alias> <fingerprint>", "Create aliases for existing images", async (c, a) =>
        {
            var (server, name) = c.Resolve(a.Rest[0]);
            await server.SendAsync("POST", "/1.0/images/aliases", new JsonObject { ["name"] = name, ["target"] = a.Rest[1], ["description"] = a.Get("--description") }, c.Cancel).ConfigureAwait(false);
            return 0;
        })
        { Flags = [new("--description", Value: "text", Help: "Description")], Count = (2, 2) },
        new("image alias delete", "[<remote>:]<alias>", "Delete image aliases", async (c, a) =>
        {
            var (server, name) = c.Resolve(a.Rest[0]);
            await server.SendAsync("DELETE", $"/1.0/images/aliases/{Uri.EscapeDataString(name)}", (JsonNode?)null, c.Cancel).ConfigureAwait(false);
            return 0;
        })
        { Aliases = ["rm"], Count = (1, 1) },
        new("image alias rename", "[<remote>:]<alias> <new-name>", "Rename aliases", async (c, a) =>
        {
            var (server, name) = c.Resolve(a.Rest[0]);
            await server.SendAsync("POST", $"/1.0/images/aliases/{Uri.EscapeDataString(name)}", new JsonObject { ["name"] = a.Rest[1] }, c.Cancel).ConfigureAwait(false);
            return 0;
        })
        { Aliases = ["mv"], Count = (2, 2) },
        new("image alias list", "[<remote>:] [<filters>...]", "List image aliases", ListAsync) { Aliases = ["ls"], Flags = [new("--format", "-f", "format", "table, compact, csv, json or yaml"), new("--columns", "-c", "letters", "Columns")] },
    ];

    private static async Task<int> ListAsync(Context context, Arguments arguments)
    {
        var first = arguments.Rest.FirstOrDefault("");
        var isRemote = first.Contains(':');
        var (remote, rest) = context.Config.Split(isRemote ? first : "");
        var filters = arguments.Rest.Skip(isRemote ? 1 : 0).Concat(rest.Length > 0 ? [rest] : []).ToList();
        var all = context.Config.Get(remote).Protocol == "simplestreams"
            ? [.. (await context.Streams(remote).ListAsync(context.Cancel).ConfigureAwait(false)).SelectMany(i => i.Image.Aliases.Select(a => new ImageAliasesEntry { Name = a.Name, Target = i.Image.Fingerprint, Type = i.Image.Type }))]
            : await context.Server(remote).GetAsync<List<ImageAliasesEntry>>("/1.0/images/aliases?recursion=1", context.Cancel).ConfigureAwait(false);
        var shown = all.Where(a => filters.All(f => a.Name.Contains(f, StringComparison.Ordinal) || a.Target.StartsWith(f, StringComparison.Ordinal))).OrderBy(a => a.Name, StringComparer.Ordinal).ToList();
        await context.Out.WriteAsync(Table.Render(arguments.Get("--format", "table"), ["ALIAS", "FINGERPRINT", "TYPE", "DESCRIPTION"], shown.Select(a => (IReadOnlyList<string>)[a.Name, a.Target.Length > 12 ? a.Target[..12] : a.Target, a.Type.ToUpperInvariant(), a.Description]), Json.Node(shown))).ConfigureAwait(false);
        return 0;
    }
}
