using System.Text.Json.Nodes;
using Lxc.Commands.Shared;
using Lxc.Framework;
using Lxd.Client.Migration;
using Lxd.Core;

namespace Lxc.Commands.Storage;

/// <summary><c>storage volume copy</c> and <c>move</c>, within and between servers.</summary>
internal static class VolumeTransfer
{
    private static readonly Flag[] Common =
    [
        new("--destination-target", Value: "member", Help: "Cluster member it goes to"), new("--mode", Value: "mode", Help: "pull, push or relay") { Default = "pull" },
        new("--target", Value: "member", Help: "Cluster member it is on"), new("--target-project", Value: "project", Help: "Into this project"),
    ];

    public static IEnumerable<Command> Make() =>
    [
        new("storage volume copy", "[<remote>:]<pool>/<volume>[/<snapshot>] [<remote>:]<pool>/<volume>", "Copy custom storage volumes within or between servers", CopyAsync)
        {
            Aliases = ["cp"], Count = (2, 2), Flags = [.. Common, new("--refresh", Help: "Bring an existing copy up to date"), new("--volume-only", Help: "Leave the snapshots behind")],
            Long = Instances.CopyCommand.TransferHelp,
        },
        new("storage volume move", "[<remote>:]<pool>/<volume> [<remote>:]<pool>/<volume>", "Move custom storage volumes within or between servers", MoveAsync)
        {
            Aliases = ["mv"], Count = (2, 2), Flags = Common,
            Long = Instances.CopyCommand.TransferHelp,
        },
    ];

    private static async Task<int> CopyAsync(Context context, Arguments arguments)
    {
        var (from, to) = Places(context, arguments);
        if (arguments.Has("--volume-only") && from.Name.Snapshot.Length > 0)
        {
            throw new ApiException(0, "Cannot set --volume-only when copying a snapshot");
        }

        await CopyAsync(context, arguments, from, to, arguments.Has("--volume-only") || from.Name.Snapshot.Length > 0, "Copying the storage volume").ConfigureAwait(false);
        await context.SayAsync("Storage volume copied successfully!").ConfigureAwait(false);
        return 0;
    }

    private static async Task<int> MoveAsync(Context context, Arguments arguments)
    {
        var (from, to) = Places(context, arguments);
        if (from.Name.Snapshot.Length > 0)
        {
            throw new ApiException(0, "Snapshots cannot be moved");
        }

        if (from.Remote == to.Remote)
        {
            var body = new JsonObject { ["name"] = to.Name.Volume, ["pool"] = to.Pool, ["project"] = arguments.Get("--target-project") };
            var progress = context.Progress;
            await from.Server.RunAsync("POST", from.Name.Url(from.Pool) + Remoting.Query(("target", arguments.Get("--target"))), body, progress.Of("Moving the storage volume"), context.Cancel).ConfigureAwait(false);
            progress.Done();
        }
        else
        {
            await CopyAsync(context, arguments, from, to, false, "Moving the storage volume").ConfigureAwait(false);
            await from.Server.RunAsync("DELETE", from.Name.Url(from.Pool) + Remoting.Query(("target", arguments.Get("--target"))), (JsonNode?)null, null, context.Cancel).ConfigureAwait(false);
        }

        await context.SayAsync("Storage volume moved successfully!").ConfigureAwait(false);
        return 0;
    }

    private static (VolumePlace From, VolumePlace To) Places(Context context, Arguments arguments)
    {
        var from = VolumePlace.Parse(context, arguments.Rest[0], "source");
        var to = VolumePlace.Parse(context, arguments.Rest[1], "target");
        return from.Name.Type == "custom" && to.Name is { Type: "custom", Snapshot: "" } ? (from, to) : throw new ApiException(0, "Only \"custom\" volumes can be copied or moved");
    }

    private static async Task CopyAsync(Context context, Arguments arguments, VolumePlace from, VolumePlace to, bool volumeOnly, string what)
    {
        var original = (JsonObject)(await from.Server.GetAsync(from.Name.Url(from.Pool) + Remoting.Query(("target", arguments.Get("--target"))), context.Cancel).ConfigureAwait(false))!;
        var body = new JsonObject
        {
            ["name"] = to.Name.Volume, ["type"] = "custom", ["content_type"] = original["content_type"]?.DeepClone(), ["description"] = original["description"]?.DeepClone(),
            ["config"] = new JsonObject((original["config"] as JsonObject ?? []).Where(p => !p.Key.StartsWith("volatile.", StringComparison.Ordinal)).Select(p => KeyValuePair.Create(p.Key, p.Value?.DeepClone()))),
        };
        var query = Remoting.Query(("project", arguments.Get("--target-project")), ("target", arguments.Get("--destination-target")));
        var url = $"{StorageCommands.Url(to.Pool)}/volumes/custom{query}";
        var progress = context.Progress;
        if (from.Remote == to.Remote)
        {
            body["source"] = new JsonObject
            {
                ["type"] = "copy", ["pool"] = from.Pool, ["name"] = from.Name.Snapshot.Length > 0 ? $"{from.Name.Volume}/{from.Name.Snapshot}" : from.Name.Volume, ["volume_only"] = volumeOnly, ["refresh"] = arguments.Has("--refresh"),
                ["project"] = from.Server.Project.Length > 0 ? from.Server.Project : "default", ["location"] = arguments.Get("--target"),
            };
            await to.Server.RunAsync("POST", url, body, progress.Of(what), context.Cancel).ConfigureAwait(false);
        }
        else
        {
            body["source"] = new JsonObject { ["name"] = from.Name.Volume, ["pool"] = from.Pool, ["volume_only"] = volumeOnly, ["refresh"] = arguments.Has("--refresh") };
            var transfer = new Transfer(from.Server, from.Name.Url(from.Pool) + Remoting.Query(("target", arguments.Get("--target"))), new JsonObject { ["name"] = from.Name.Snapshot.Length > 0 ? from.Name.Snapshot : from.Name.Volume, ["volume_only"] = volumeOnly }, to.Server, url, body) { What = "storage volume" };
            await transfer.RunAsync(arguments.Get("--mode", "pull"), progress.Of(what), context.Cancel).ConfigureAwait(false);
        }

        progress.Done();
    }
}
