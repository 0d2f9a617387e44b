using System.Text.Json.Nodes;
using Lxc.Framework;
using Lxc.Output;
using Lxd.Client;
using Lxd.Core;
using Lxd.Core.Api;

namespace Lxc.Commands.Images;

/// <summary><c>image alias</c>.</summary>
internal static class ImageAliases
{
    private static readonly Columns<ImageAliasesEntry> Columns = new(
        "aftd",
        new('a', "ALIAS", a => a.Name),
        new('f', "FINGERPRINT", a => a.Target.Length > 12 ? a.Target[..12] : a.Target),
        new('F', "FINGERPRINT", a => a.Target),
        new('t', "TYPE", a => a.Type.ToUpperInvariant()),
        new('d', "DESCRIPTION", a => a.Description));

    public static IEnumerable<Command> Make() =>
    [
        new("image alias create", "[<remote>:]<alias> <fingerprint>", "Create aliases of images", async (c, a) =>
        {
            var (server, name) = c.Resolve(a.Rest[0]);
            await server.SendAsync("POST", "/1.0/images/aliases", new JsonObject { ["name"] = name.Length > 0 ? name : throw new ApiException(0, "Alias name missing"), ["target"] = a.Rest[1], ["description"] = a.Get("--description") }, c.Cancel).ConfigureAwait(false);
            return 0;
        })
        { Flags = [Flags.Description("the alias")], Count = (2, 2), Hints = [Hint.Remote, Hint.Fingerprint] },
        new("image alias delete", "[<remote>:]<alias>", "Delete image aliases", async (c, a) =>
        {
            var (server, name) = c.Resolve(a.Rest[0]);
            await server.SendAsync("DELETE", Url(name), (JsonNode?)null, c.Cancel).ConfigureAwait(false);
            return 0;
        })
        { Aliases = ["rm"], Count = (1, 1), Hints = [Hint.ImageAlias] },
        new("image alias rename", "[<remote>:]<alias> <new-name>", "Rename image aliases", async (c, a) =>
        {
            var (server, name) = c.Resolve(a.Rest[0]);
            await server.SendAsync("POST", Url(name), new JsonObject { ["name"] = a.Rest[1] }, c.Cancel).ConfigureAwait(false);
            return 0;
        })
        { Aliases = ["mv"], Count = (2, 2), Hints = [Hint.ImageAlias, Hint.None] },
        new("image alias list", "[<remote>:] [<filters>...]", "List image aliases", ListAsync)
        {
            Aliases = ["ls"], Flags = [Flags.Format, Flags.Columns(Columns.Usual)], Hints = [Hint.ImageRemote],
            Long = "Filters are parts of an alias or of an image's fingerprint.",
        },
    ];

    private static string Url(string name) => name.Length > 0 ? $"/1.0/images/aliases/{Uri.EscapeDataString(name)}" : throw new ApiException(0, "Alias name missing");

    /// <summary>Makes names lead to an image, wherever they led before.</summary>
    /// <param name="replacing">Whether images that have no name afterwards go.</param>
    public static async Task PointAsync(LxdConnection server, IEnumerable<string> names, string fingerprint, CancellationToken ct, bool replacing = false)
    {
        foreach (var name in names)
        {
            await RemoveAsync(server, name, replacing, ct).ConfigureAwait(false);
            await server.SendAsync("POST", "/1.0/images/aliases", new JsonObject { ["name"] = name, ["target"] = fingerprint }, ct).ConfigureAwait(false);
        }
    }

    private static async Task RemoveAsync(LxdConnection server, string name, bool replacing, CancellationToken ct)
    {
        if (await ImageSources.FingerprintAsync(server, name, ct).ConfigureAwait(false) is { } old)
        {
            await server.SendAsync("DELETE", Url(name), (JsonNode?)null, ct).ConfigureAwait(false);
            if (replacing)
            {
                await DropNamelessAsync(server, old, ct).ConfigureAwait(false);
            }
        }
    }

    /// <summary>An image whose last name another one took is of no more use.</summary>
    private static async Task DropNamelessAsync(LxdConnection server, string fingerprint, CancellationToken ct)
    {
        var image = await server.GetAsync<Image>($"/1.0/images/{fingerprint}", ct).ConfigureAwait(false);
        if (image.Aliases.Count == 0)
        {
            await server.RunAsync("DELETE", $"/1.0/images/{fingerprint}", (JsonNode?)null, null, ct).ConfigureAwait(false);
        }
    }

    private static async Task<int> ListAsync(Context context, Arguments arguments)
    {
        var first = arguments.At(0);
        var isRemote = first.Contains(':');
        var (remote, rest) = context.Config.Split(isRemote ? first : "");
        var filters = arguments.Rest.Skip(isRemote ? 1 : 0).Concat(rest.Length > 0 ? [rest] : []).ToList();
        var all = context.Config.Get(remote).Protocol == "simplestreams"
            ? [.. (await context.Streams(remote).ListAsync([DatabaseCodes.HostArchitecture], context.Cancel).ConfigureAwait(false)).SelectMany(i => i.Aliases.Select(a => new ImageAliasesEntry { Name = a.Name, Target = i.Fingerprint, Type = i.Type }))]
            : await context.Server(remote).GetAsync<List<ImageAliasesEntry>>("/1.0/images/aliases?recursion=1", context.Cancel).ConfigureAwait(false);
        var shown = all.Where(a => filters.All(f => a.Name.Contains(f, StringComparison.Ordinal) || a.Target.Contains(f, StringComparison.Ordinal))).OrderBy(a => a.Name, StringComparer.Ordinal).ToList();
        return await Listing.WriteAsync(context, arguments, Columns, shown, Listing.Raw(arguments, () => Json.Node(shown))).ConfigureAwait(false);
    }
}
