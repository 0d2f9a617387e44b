using System.Text.Json.Nodes;
using Lxc.Framework;
using Lxc.Output;
using Lxd.Client;
using Lxd.Core;
using Lxd.Core.Api;

namespace Lxc.Commands;

/// <summary><c>storage volume</c>.</summary>
internal static class VolumeCommands
{
    public static IEnumerable<Command> All() =>
    [
        .. EntityCommands.Make("storage volume", "[<remote>:]<pool> [<type>/]<volume>[/<snapshot>]", Find, ["config", "description"]),
        new("storage volume list", "[<remote>:][<pool>]", "List storage volumes", ListAsync) { Aliases = ["ls"], Flags = [new("--format", "-f", "format", "table, compact, csv, json or yaml"), new("--columns", "-c", "letters", "Columns"), new("--all-projects", Help: "Of all projects")] },
        new("storage volume create", "[<remote>:]<pool> <volume> [key=value...]", "Create new custom storage volumes", CreateAsync) { Flags = [new("--type", Value: "type", Help: "filesystem or block"), new("--description", Value: "text", Help: "Description"), new("--target", Value: "member", Help: "Cluster member")], Count = (2, -1) },
        new("storage volume delete", "[<remote>:]<pool> [<type>/]<volume>[/<snapshot>]", "Delete storage volumes", DeleteAsync) { Aliases = ["rm"], Count = (2, 2) },
        new("storage volume rename", "[<remote>:]<pool> <old name> <new name>", "Rename custom storage volumes", RenameAsync) { Count = (3, 3) },
        new("storage volume copy", "[<remote>:]<pool>/<volume>[/<snapshot>] [<remote>:]<pool>/<volume>", "Copy custom storage volumes", CopyAsync) { Aliases = ["cp"], Flags = [new("--volume-only", Help: "Leave the snapshots behind"), new("--refresh", Help: "Bring an existing one up to date"), new("--mode", Value: "mode", Help: "pull, push or relay"), new("--target-project", Value: "project", Help: "Into this project")], Count = (2, 2) },
        new("storage volume move", "[<remote>:]<pool>/<volume> [<remote>:]<pool>/<volume>", "Move custom storage volumes", MoveAsync) { Aliases = ["mv"], Flags = [new("--mode", Value: "mode", Help: "pull, push or relay"), new("--target-project", Value: "project", Help: "Into this project")], Count = (2, 2) },
        new("storage volume snapshot", "[<remote>:]<pool> <volume> [<snapshot>]", "Snapshot custom storage volumes", SnapshotAsync) { Flags = [new("--no-expiry", Help: "Keep it for ever"), new("--reuse", Help: "Replace one of this name")], Count = (2, 3) },
        new("storage volume restore", "[<remote>:]<pool> <volume> <snapshot>", "Restore custom storage volumes from snapshots", RestoreAsync) { Count = (3, 3) },
        new("storage volume attach", "[<remote>:]<pool> <volume> <instance> [<device name>] [<path>]", "Attach custom storage volumes to instances", (c, a) => AttachAsync(c, a, InstanceCommands.PathOf)) { Count = (3, 5) },
        new("storage volume attach-profile", "[<remote>:]<pool> <volume> <profile> [<device name>] [<path>]", "Attach custom storage volumes to profiles", (c, a) => AttachAsync(c, a, p => $"/1.0/profiles/{Uri.EscapeDataString(p)}")) { Count = (3, 5) },
        new("storage volume detach", "[<remote>:]<pool> <volume> <instance> [<device name>]", "Detach custom storage volumes from instances", (c, a) => DetachAsync(c, a, InstanceCommands.PathOf)) { Count = (3, 4) },
        new("storage volume detach-profile", "[<remote>:]<pool> <volume> <profile> [<device name>]", "Detach custom storage volumes from profiles", (c, a) => DetachAsync(c, a, p => $"/1.0/profiles/{Uri.EscapeDataString(p)}")) { Count = (3, 4) },
    ];

    private static string Pool(string name) => $"/1.0/storage-pools/{Uri.EscapeDataString(name)}";

    /// <summary><c>[type/]name[/snapshot]</c>.</summary>
    private static string Url(string pool, string text)
    {
        var parts = text.Split('/').ToList();
        var type = parts[0] is "container" or "virtual-machine" or "image" or "custom" && parts.Count > 1 ? parts[0] : "custom";
        parts = parts.Count > 1 && parts[0] == type ? [.. parts.Skip(1)] : parts;
        return $"{Pool(pool)}/volumes/{type}/{Uri.EscapeDataString(parts[0])}{(parts.Count > 1 ? "/snapshots/" + Uri.EscapeDataString(parts[1]) : "")}";
    }

    private static EntityCommands.Target Find(Context context, List<string> words)
    {
        var (server, pool) = context.Resolve(words.Count > 1 ? words[0] : throw new UsageException("Missing pool or volume name"));
        return new(server, Url(pool, words[1]), [.. words.Skip(2)]);
    }

    private static async Task<int> ListAsync(Context context, Arguments arguments)
    {
        var (server, pool) = context.Resolve(arguments.Rest.FirstOrDefault(""));
        var pools = pool.Length > 0 ? [pool] : (await server.GetAsync<List<StoragePool>>("/1.0/storage-pools?recursion=1", context.Cancel).ConfigureAwait(false)).ConvertAll(p => p.Name);
        var all = new List<StorageVolume>();
        foreach (var name in pools)
        {
            all.AddRange(await server.GetAsync<List<StorageVolume>>($"{Pool(name)}/volumes?recursion=1{(arguments.Has("--all-projects") ? "&all-projects=true" : "")}", context.Cancel).ConfigureAwait(false));
        }

        await context.Out.WriteAsync(Table.Render(arguments.Get("--format", "table"), ["TYPE", "NAME", "DESCRIPTION", "CONTENT-TYPE", "USED BY"],
            all.OrderBy(v => v.Type + "/" + v.Name, StringComparer.Ordinal).Select(v => (IReadOnlyList<string>)[v.Name.Contains('/') ? v.Type + " (snapshot)" : v.Type, v.Name, v.Description, v.ContentType, $"{v.UsedBy.Count}"]), Json.Node(all))).ConfigureAwait(false);
        return 0;
    }

    private static async Task<int> CreateAsync(Context context, Arguments arguments)
    {
        var (server, pool) = context.Resolve(arguments.Rest[0]);
        var name = arguments.Rest[1];
        var config = arguments.Rest.Count > 2 ? EntityCommands.Pairs([.. arguments.Rest.Skip(2)]) : [];
        await server.RunAsync("POST", $"{Pool(pool)}/volumes/custom", new JsonObject { ["name"] = name, ["type"] = "custom", ["content_type"] = arguments.Get("--type", "filesystem"), ["description"] = arguments.Get("--description"), ["config"] = Json.Node(config) }, null, context.Cancel).ConfigureAwait(false);
        await Say(context, $"Storage volume {name} created").ConfigureAwait(false);
        return 0;
    }

    private static async Task<int> DeleteAsync(Context context, Arguments arguments)
    {
        var target = Find(context, arguments.Rest);
        await target.Server.RunAsync("DELETE", target.Url, null, null, context.Cancel).ConfigureAwait(false);
        await Say(context, $"Storage volume {arguments.Rest[1]} deleted").ConfigureAwait(false);
        return 0;
    }

    private static async Task<int> RenameAsync(Context context, Arguments arguments)
    {
        var target = Find(context, arguments.Rest);
        await target.Server.RunAsync("POST", target.Url, new JsonObject { ["name"] = arguments.Rest[2].Split('/')[^1] }, null, context.Cancel).ConfigureAwait(false);
        await Say(context, $"Renamed storage volume from \"{arguments.Rest[1]}\" to \"{arguments.Rest[2]}\"").ConfigureAwait(false);
        return 0;
    }

    private static (LxdConnection Server, string Pool, string Volume) Place(Context context, string text)
    {
        var (server, path) = context.Resolve(text);
        var slash = path.IndexOf('/');
        return slash > 0 ? (server, path[..slash], path[(slash + 1)..]) : throw new ApiException(0, "Invalid volume: expected <pool>/<volume>");
    }

    private static async Task<int> CopyAsync(Context context, Arguments arguments)
    {
        var from = Place(context, arguments.Rest[0]);
        var to = Place(context, arguments.Rest[1]);
        var body = new JsonObject
        {
            ["name"] = to.Volume, ["type"] = "custom",
            ["source"] = new JsonObject { ["type"] = "copy", ["pool"] = from.Pool, ["name"] = from.Volume, ["volume_only"] = arguments.Has("--volume-only"), ["refresh"] = arguments.Has("--refresh"), ["project"] = from.Server.Project },
        };
        var project = arguments.Get("--target-project") is { Length: > 0 } p ? "?project=" + Uri.EscapeDataString(p) : "";
        await to.Server.RunAsync("POST", $"{Pool(to.Pool)}/volumes/custom{project}", body, context.Progress.Of("Copying the storage volume"), context.Cancel).ConfigureAwait(false);
        await Say(context, "Storage volume copied successfully!").ConfigureAwait(false);
        return 0;
    }

    private static async Task<int> MoveAsync(Context context, Arguments arguments)
    {
        var from = Place(context, arguments.Rest[0]);
        var to = Place(context, arguments.Rest[1]);
        await from.Server.RunAsync("POST", Url(from.Pool, from.Volume), new JsonObject { ["name"] = to.Volume, ["pool"] = to.Pool, ["project"] = arguments.Get("--target-project") }, context.Progress.Of("Moving the storage volume"), context.Cancel).ConfigureAwait(false);
        await Say(context, "Storage volume moved successfully!").ConfigureAwait(false);
        return 0;
    }

    private static async Task<int> SnapshotAsync(Context context, Arguments arguments)
    {
        var target = Find(context, arguments.Rest);
        var body = new JsonObject { ["name"] = target.Rest.FirstOrDefault("") };
        if (arguments.Has("--no-expiry"))
        {
            body["expires_at"] = "0001-01-01T00:00:00Z";
        }

        await target.Server.RunAsync("POST", target.Url + "/snapshots", body, null, context.Cancel).ConfigureAwait(false);
        return 0;
    }

    private static async Task<int> RestoreAsync(Context context, Arguments arguments)
    {
        var target = Find(context, arguments.Rest);
        await target.Server.RunAsync("PUT", target.Url, new JsonObject { ["restore"] = target.Rest[0] }, null, context.Cancel).ConfigureAwait(false);
        return 0;
    }

    private static async Task<int> AttachAsync(Context context, Arguments arguments, Func<string, string> url)
    {
        var (server, pool) = context.Resolve(arguments.Rest[0]);
        var volume = arguments.Rest[1].Split('/')[^1];
        var (name, path) = arguments.Rest.Count switch { 3 => (volume, ""), 4 => (volume, arguments.Rest[3]), _ => (arguments.Rest[3], arguments.Rest[4]) };
        var device = new JsonObject { ["type"] = "disk", ["pool"] = pool, ["source"] = volume };
        if (path.Length > 0)
        {
            device["path"] = path;
        }

        await ChangeAsync(server, url(arguments.Rest[2]), devices => devices[name] = devices.ContainsKey(name) ? throw new ApiException(0, $"Device already exists: {name}") : device, context.Cancel).ConfigureAwait(false);
        return 0;
    }

    private static async Task<int> DetachAsync(Context context, Arguments arguments, Func<string, string> url)
    {
        var (server, pool) = context.Resolve(arguments.Rest[0]);
        var volume = arguments.Rest[1].Split('/')[^1];
        await ChangeAsync(server, url(arguments.Rest[2]), devices =>
        {
            var name = arguments.Rest.ElementAtOrDefault(3) ?? devices.FirstOrDefault(d => (string?)d.Value?["type"] == "disk" && (string?)d.Value["pool"] == pool && (string?)d.Value["source"] == volume).Key ?? throw new ApiException(0, "No device found for this storage volume");
            devices.Remove(name);
        }, context.Cancel).ConfigureAwait(false);
        return 0;
    }

    private static async Task ChangeAsync(LxdConnection server, string url, Action<JsonObject> change, CancellationToken ct)
    {
        var answer = await server.SendAsync("GET", url, (JsonNode?)null, ct).ConfigureAwait(false);
        var thing = (JsonObject)answer.Metadata!;
        var devices = (JsonObject?)thing["devices"]?.DeepClone() ?? [];
        change(devices);
        thing["devices"] = devices;
        await EntityCommands.PutAsync(new(server, url, []), thing, answer.Etag, ct).ConfigureAwait(false);
    }

    private static Task Say(Context context, string text) => context.Quiet ? Task.CompletedTask : context.Out.WriteLineAsync(text);
}
