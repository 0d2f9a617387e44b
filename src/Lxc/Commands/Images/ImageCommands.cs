using System.Text;
using System.Text.Json.Nodes;
using Lxc.Framework;
using Lxc.Output;
using Lxc.Terminal;
using Lxd.Client;
using Lxd.Core;
using Lxd.Core.Api;

namespace Lxc.Commands.Images;

/// <summary><c>image</c>.</summary>
internal static class ImageCommands
{
    private static readonly Flag Vm = new("--vm", Help: "The image of virtual machines");

    public static IEnumerable<Command> All() =>
    [
        ImageListCommand.Make(),
        .. ImageAliases.Make(),
        ImageImport.Make(),
        ImageExport.Make(),
        ImageCopy.Make(),
        new("image delete", "[<remote>:]<image> [[<remote>:]<image>...]", "Delete images", DeleteAsync) { Aliases = ["rm"], Count = (1, -1), Hints = [Hint.OwnImage] },
        new("image info", "[<remote>:]<image>", "Show useful information about images", InfoAsync) { Flags = [Vm], Count = (1, 1), Hints = [Hint.Image] },
        new("image show", "[<remote>:]<image>", "Show image properties", ShowAsync) { Flags = [Vm], Count = (1, 1), Hints = [Hint.Image] },
        new("image edit", "[<remote>:]<image>", "Edit image properties", EditAsync) { Count = (1, 1), Hints = [Hint.OwnImage], Examples = "lxc image edit <image> < FILE.yaml\n    Take the properties from FILE.yaml." },
        new("image get-property", "[<remote>:]<image> <key>", "Get image properties", async (c, a) =>
        {
            var image = await FindAnyAsync(c, a.Rest[0], false).ConfigureAwait(false);
            await c.Out.WriteLineAsync(image.Properties.GetValueOrDefault(a.Rest[1]) ?? throw new ApiException(0, "Property not found")).ConfigureAwait(false);
            return 0;
        })
        { Count = (2, 2), Hints = [Hint.Image, Hint.None] },
        new("image set-property", "[<remote>:]<image> <key> <value>", "Set image properties", (c, a) => PropertyAsync(c, a, p => p[a.Rest[1]] = a.Rest[2])) { Count = (3, 3), Hints = [Hint.OwnImage, Hint.None] },
        new("image unset-property", "[<remote>:]<image> <key>", "Unset image properties", (c, a) => PropertyAsync(c, a, p => p.Remove(a.Rest[1]))) { Count = (2, 2), Hints = [Hint.OwnImage, Hint.None] },
        new("image refresh", "[<remote>:]<image> [[<remote>:]<image>...]", "Bring images up to date with where they came from", RefreshAsync) { Count = (1, -1), Hints = [Hint.Image, Hint.OwnImage] },
    ];

    /// <summary>By alias, or by fingerprint.</summary>
    internal static async Task<Image> FindAsync(LxdConnection server, string name, CancellationToken ct) =>
        name.Length == 0 ? throw new ApiException(0, "Image identifier missing") : await server.GetAsync<Image>($"/1.0/images/{Uri.EscapeDataString(await ImageSources.FingerprintAsync(server, name, ct).ConfigureAwait(false) ?? name)}", ct).ConfigureAwait(false);

    /// <summary>On a server of either kind.</summary>
    internal static async Task<Image> FindAnyAsync(Context context, string text, bool vm)
    {
        var (remote, name) = context.Config.Split(text);
        if (context.Config.Get(remote).Protocol != "simplestreams")
        {
            return await FindAsync(context.Server(remote), name, context.Cancel).ConfigureAwait(false);
        }

        var streams = context.Streams(remote);
        var found = await streams.FindAsync(name, vm ? "virtual-machine" : "", [DatabaseCodes.HostArchitecture], context.Cancel).ConfigureAwait(false) ?? throw new ApiException(404, "Failed getting image: The requested image couldn't be found");

        // As the list shows it: a name that architectures share is that of one.
        return (await streams.ListAsync([DatabaseCodes.HostArchitecture], context.Cancel).ConfigureAwait(false)).First(i => i.Fingerprint == found.Image.Fingerprint);
    }

    private static async Task<int> DeleteAsync(Context context, Arguments arguments)
    {
        foreach (var text in arguments.Rest)
        {
            var (server, name) = context.Resolve(text);
            var image = await FindAsync(server, name, context.Cancel).ConfigureAwait(false);
            await server.RunAsync("DELETE", $"/1.0/images/{image.Fingerprint}", (JsonNode?)null, null, context.Cancel).ConfigureAwait(false);
        }

        return 0;
    }

    private static async Task<int> InfoAsync(Context context, Arguments arguments)
    {
        var image = await FindAnyAsync(context, arguments.Rest[0], arguments.Has("--vm")).ConfigureAwait(false);
        var text = new StringBuilder($"Fingerprint: {image.Fingerprint}\nSize: {ImageListCommand.Size(image.Size)}\nArchitecture: {image.Architecture}\nType: {image.Type}\nPublic: {(image.Public ? "yes" : "no")}\nTimestamps:\n");
        if (Times.Short(image.CreatedAt) is { Length: > 0 } created)
        {
            text.Append($"    Created: {created}\n");
        }

        text.Append($"    Uploaded: {Times.Short(image.UploadedAt)}\n    Expires: {OrNever(image.ExpiresAt)}\n    Last used: {OrNever(image.LastUsedAt)}\nProperties:\n");
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

    private static string OrNever(DateTime time) => Times.Short(time) is { Length: > 0 } shown ? shown : "never";

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
        var image = await FindAsync(server, name, context.Cancel).ConfigureAwait(false);
        await Editor.EditAsync(Yaml.Format((JsonNode)Editable(image)), async (text, _) => await server.SendAsync("PUT", $"/1.0/images/{image.Fingerprint}", Input.ParseYaml(text), context.Cancel).ConfigureAwait(false), context.Cancel).ConfigureAwait(false);
        return 0;
    }

    private static async Task<int> PropertyAsync(Context context, Arguments arguments, Action<Dictionary<string, string>> change)
    {
        var (server, name) = context.Resolve(arguments.Rest[0]);
        var image = await FindAsync(server, name, context.Cancel).ConfigureAwait(false);
        change(image.Properties);
        await server.SendAsync("PUT", $"/1.0/images/{image.Fingerprint}", Editable(image), context.Cancel).ConfigureAwait(false);
        return 0;
    }

    private static async Task<int> RefreshAsync(Context context, Arguments arguments)
    {
        foreach (var text in arguments.Rest)
        {
            var (server, name) = context.Resolve(text);
            var image = await FindAsync(server, name, context.Cancel).ConfigureAwait(false);
            var progress = context.Progress;
            var operation = await server.RunAsync("POST", $"/1.0/images/{image.Fingerprint}/refresh", new JsonObject(), progress.Of("Refreshing the image"), context.Cancel).ConfigureAwait(false);
            progress.Done();
            await context.Out.WriteLineAsync((bool?)operation.Metadata?["refreshed"] == true ? "Image refreshed successfully!" : "Image already up to date.").ConfigureAwait(false);
        }

        return 0;
    }
}
