using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Lxc.Framework;
using Lxc.Output;
using Lxc.Terminal;
using Lxd.Client;
using Lxd.Core;
using Lxd.Core.Api;

namespace Lxc.Commands;

/// <summary><c>image</c>.</summary>
internal static class ImageCommands
{
    private static readonly Flag Format = new("--format", "-f", "format", "table, compact, csv, json or yaml");

    public static IEnumerable<Command> All() =>
    [
        ImageListCommand.Make(),
        .. AliasCommands.All(),
        .. ImageTransferCommands.All(),
        new("image delete", "[<remote>:]<image> [[<remote>:]<image>...]", "Delete images", DeleteAsync) { Aliases = ["rm"], Count = (1, -1) },
        new("image info", "[<remote>:]<image>", "Show useful information about images", InfoAsync) { Flags = [new("--vm", Help: "The virtual machine's")], Count = (1, 1) },
        new("image show", "[<remote>:]<image>", "Show image properties", ShowAsync) { Flags = [new("--vm", Help: "The virtual machine's")], Count = (1, 1) },
        new("image edit", "[<remote>:]<image>", "Edit image properties", EditAsync) { Count = (1, 1) },
        new("image get-property", "[<remote>:]<image> <key>", "Get image properties", async (c, a) =>
        {
            var (server, name) = c.Resolve(a.Rest[0]);
            await c.Out.WriteLineAsync((await FindAsync(c, server, name).ConfigureAwait(false)).Properties.GetValueOrDefault(a.Rest[1]) ?? throw new ApiException(0, "Property not found")).ConfigureAwait(false);
            return 0;
        })
        { Count = (2, 2) },
        new("image set-property", "[<remote>:]<image> <key> <value>", "Set image properties", (c, a) => PropertyAsync(c, a, p => p[a.Rest[1]] = a.Rest[2])) { Count = (3, 3) },
        new("image unset-property", "[<remote>:]<image> <key>", "Unset image properties", (c, a) => PropertyAsync(c, a, p => p.Remove(a.Rest[1]))) { Count = (2, 2) },
        new("image refresh", "[<remote>:]<image> [[<remote>:]<image>...]", "Refresh images", RefreshAsync) { Count = (1, -1) },
    ];

    /// <summary>By alias, or by fingerprint.</summary>
    internal static async Task<Image> FindAsync(Context context, LxdConnection server, string name) =>
        await server.GetAsync<Image>($"/1.0/images/{Uri.EscapeDataString(await ImageSources.FingerprintAsync(server, name, context.Cancel).ConfigureAwait(false) ?? name)}", context.Cancel).ConfigureAwait(false);

    /// <summary>On a server of either kind.</summary>
    internal static async Task<Image> FindAnyAsync(Context context, string text, bool vm)
    {
        var (remote, name) = context.Config.Split(text);
        if (context.Config.Get(remote).Protocol != "simplestreams")
        {
            return await FindAsync(context, context.Server(remote), name).ConfigureAwait(false);
        }

        return (await context.Streams(remote).FindAsync(name, vm ? "virtual-machine" : "", [DatabaseCodes.HostArchitecture], context.Cancel).ConfigureAwait(false))?.Image ?? throw new ApiException(404, "Image not found");
    }

    private static async Task<int> DeleteAsync(Context context, Arguments arguments)
    {
        foreach (var text in arguments.Rest)
        {
            var (server, name) = context.Resolve(text);
            if (name.Length == 0)
            {
                throw new ApiException(0, "Image identifier missing");
            }

            var image = await FindAsync(context, server, name).ConfigureAwait(false);
            await server.RunAsync("DELETE", $"/1.0/images/{image.Fingerprint}", null, null, context.Cancel).ConfigureAwait(false);
        }

        return 0;
    }

    private static async Task<int> InfoAsync(Context context, Arguments arguments)
    {
        var image = await FindAnyAsync(context, arguments.Rest[0], arguments.Has("--vm")).ConfigureAwait(false);
        var text = new StringBuilder();
        text.Append($"Fingerprint: {image.Fingerprint}\nSize: {(image.Size / 1048576.0).ToString("F2", CultureInfo.InvariantCulture)}MiB\nArchitecture: {image.Architecture}\nType: {image.Type}\nPublic: {(image.Public ? "yes" : "no")}\nTimestamps:\n");
        foreach (var (what, time) in ((string, DateTime)[])[("Created", image.CreatedAt), ("Uploaded", image.UploadedAt), ("Expires", image.ExpiresAt), ("Last used", image.LastUsedAt)])
        {
            text.Append($"    {what}: {(time.Year > 1970 ? time.ToString("yyyy/MM/dd HH:mm 'UTC'", CultureInfo.InvariantCulture) : what == "Created" || what == "Uploaded" ? "" : "never")}\n");
        }

        text.Append("Properties:\n");
        foreach (var (key, value) in image.Properties.OrderBy(p => p.Key, StringComparer.Ordinal))
        {
            text.Append($"    {key}: {value}\n");
        }

        text.Append("Aliases:\n").AppendJoin("", image.Aliases.Select(a => a.Description.Length > 0 ? $"    - {a.Name} ({a.Description})\n" : $"    - {a.Name}\n"));
        text.Append($"Cached: {(image.Cached ? "yes" : "no")}\nAuto update: {(image.AutoUpdate ? "enabled" : "disabled")}\n");
        if (image.UpdateSource.Server.Length > 0)
        {
            text.Append($"Source:\n    Server: {image.UpdateSource.Server}\n    Protocol: {image.UpdateSource.Protocol}\n    Alias: {image.UpdateSource.Alias}\n");
        }

        text.Append(image.Profiles.Count == 0 ? "Profiles: []\n" : "Profiles:\n" + string.Concat(image.Profiles.Select(p => $"    - {p}\n")));
        await context.Out.WriteAsync(text.ToString()).ConfigureAwait(false);
        return 0;
    }

    private static JsonObject Editable(Image image) => new()
    {
        ["auto_update"] = image.AutoUpdate,
        ["properties"] = new JsonObject(image.Properties.OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => KeyValuePair.Create(p.Key, (JsonNode?)JsonValue.Create(p.Value)))),
        ["public"] = image.Public,
        ["expires_at"] = GoTime.Format(image.ExpiresAt),
        ["profiles"] = new JsonArray([.. image.Profiles.Select(p => (JsonNode)JsonValue.Create(p))]),
    };

    private static async Task<int> ShowAsync(Context context, Arguments arguments)
    {
        await context.Out.WriteAsync(Yaml.Format((JsonNode)Editable(await FindAnyAsync(context, arguments.Rest[0], arguments.Has("--vm")).ConfigureAwait(false)))).ConfigureAwait(false);
        return 0;
    }

    private static async Task<int> EditAsync(Context context, Arguments arguments)
    {
        var (server, name) = context.Resolve(arguments.Rest[0]);
        var image = await FindAsync(context, server, name).ConfigureAwait(false);
        await Editor.EditAsync(Yaml.Format((JsonNode)Editable(image)), async text => await server.SendAsync("PUT", $"/1.0/images/{image.Fingerprint}", Yaml.Parse(text), context.Cancel).ConfigureAwait(false), context.Cancel).ConfigureAwait(false);
        return 0;
    }

    private static async Task<int> PropertyAsync(Context context, Arguments arguments, Action<Dictionary<string, string>> change)
    {
        var (server, name) = context.Resolve(arguments.Rest[0]);
        var image = await FindAsync(context, server, name).ConfigureAwait(false);
        change(image.Properties);
        await server.SendAsync("PUT", $"/1.0/images/{image.Fingerprint}", Editable(image), context.Cancel).ConfigureAwait(false);
        return 0;
    }

    private static async Task<int> RefreshAsync(Context context, Arguments arguments)
    {
        foreach (var text in arguments.Rest)
        {
            var (server, name) = context.Resolve(text);
            var image = await FindAsync(context, server, name).ConfigureAwait(false);
            var progress = context.Progress;
            var operation = await server.RunAsync("POST", $"/1.0/images/{image.Fingerprint}/refresh", new JsonObject(), progress.Of("Refreshing the image"), context.Cancel).ConfigureAwait(false);
            progress.Done();
            await context.Out.WriteLineAsync((bool?)operation.Metadata?["refreshed"] == true ? "Image refreshed successfully!" : "Image already up to date.").ConfigureAwait(false);
        }

        return 0;
    }
}
