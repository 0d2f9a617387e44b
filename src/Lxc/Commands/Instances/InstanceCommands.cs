using System.Text.Json.Nodes;
using Lxc.Commands.Shared;
using Lxc.Framework;
using Lxc.Terminal;
using Lxd.Core;

namespace Lxc.Commands.Instances;

/// <summary>The commands of instances that stand right below <c>lxc</c>.</summary>
internal static class InstanceCommands
{
    public static IEnumerable<Command> All() =>
    [
        ListCommand.Make(),
        InfoCommand.Make(),
        ExecCommand.Make(),
        ConsoleCommand.Make(),
        DeleteCommand.Make(),
        CopyCommand.Make(),
        MoveCommand.Make(),
        PublishCommand.Make(),
        new("rename", "[<remote>:]<instance>[/<snapshot>] <instance>[/<snapshot>]", "Rename instances and snapshots", RenameAsync) { Count = (2, 2), Hints = [Hint.InstanceOrSnapshot, Hint.None] },
        new("snapshot", "[<remote>:]<instance> [<snapshot name>]", "Create snapshots of instances", SnapshotAsync)
        {
            Flags = [new("--no-expiry", Help: "Keep it for ever"), new("--reuse", Help: "Replace a snapshot of this name"), new("--stateful", Help: "With the running state"), DiskVolumes("snapshotted with it")], Count = (1, 2), Hints = [Hint.Instance, Hint.None],
            Examples = "lxc snapshot u1 before-upgrade\n    Create the snapshot u1/before-upgrade.\n\nlxc snapshot u1 before-upgrade < config.yaml\n    With its expiry from config.yaml.",
        },
        new("restore", "[<remote>:]<instance> <snapshot>", "Restore instances from snapshots", RestoreAsync)
        {
            Flags = [new("--stateful", Help: "With the running state"), DiskVolumes("restored with it")], Count = (2, 2), Hints = [Hint.Instance, Hint.SnapshotOf],
        },
    ];

    public static Flag DiskVolumes(string what) => new("--disk-volumes", Value: "mode", Help: $"Volumes {what}: root, or all-exclusive for those that no other instance has");

    public static string PathOf(string name)
    {
        var (instance, snapshot) = Names.SplitSnapshot(name);
        return snapshot is null ? $"/1.0/instances/{Uri.EscapeDataString(instance)}" : $"/1.0/instances/{Uri.EscapeDataString(instance)}/snapshots/{Uri.EscapeDataString(snapshot)}";
    }

    /// <summary>The instance, or snapshot, that the first argument names.</summary>
    public static Target Find(Context context, Arguments arguments)
    {
        var (server, name) = context.Resolve(arguments.At(0));
        return name.Length == 0 ? throw new ApiException(0, "Missing instance name") : new Target(server, PathOf(name), name.Contains('/') ? Shape.InstanceSnapshot : Shape.Instance, [.. arguments.Rest.Skip(1)]);
    }

    public static async Task<int> RenameAsync(Context context, Arguments arguments)
    {
        var (remote, name) = context.Config.Split(arguments.Rest[0]);
        var (nextRemote, next) = context.Config.Split(arguments.Rest[1], remote);
        if (remote != nextRemote)
        {
            throw new ApiException(0, "Can't specify a different remote for rename");
        }

        if (name.Contains('/'))
        {
            var (parent, snapshot) = Names.SplitSnapshot(next);
            next = parent == Names.SplitSnapshot(name).Parent && snapshot is not null ? snapshot : throw new ApiException(0, "Invalid new snapshot name, parent must be the same as source");
        }

        await context.Server(remote).RunAsync("POST", PathOf(name), new JsonObject { ["name"] = next }, null, context.Cancel).ConfigureAwait(false);
        return 0;
    }

    private static async Task<int> SnapshotAsync(Context context, Arguments arguments)
    {
        var (server, name) = context.Resolve(arguments.Rest[0]);
        if (name.Contains('/'))
        {
            throw new ApiException(0, $"Invalid instance name: {name}");
        }

        var snapshot = arguments.At(1);
        if (snapshot.Contains('/'))
        {
            throw new ApiException(0, "Invalid snapshot name: Cannot contain \"/\"");
        }

        var body = new JsonObject { ["name"] = snapshot, ["stateful"] = arguments.Has("--stateful") };
        if (Input.Yaml()["expires_at"] is { } expiry)
        {
            body["expires_at"] = expiry.DeepClone();
        }

        if (arguments.Has("--no-expiry"))
        {
            body["expires_at"] = GoTime.Format(default);
        }

        if (arguments.Get("--disk-volumes") is { Length: > 0 } mode)
        {
            body["disk_volumes_mode"] = mode;
        }

        if (arguments.Has("--reuse") && snapshot.Length > 0)
        {
            await RemoveAsync(server, $"{name}/{snapshot}", context.Cancel).ConfigureAwait(false);
        }

        await server.RunAsync("POST", PathOf(name) + "/snapshots", body, null, context.Cancel).ConfigureAwait(false);
        return 0;
    }

    private static async Task RemoveAsync(Lxd.Client.LxdConnection server, string snapshot, CancellationToken ct)
    {
        try
        {
            await server.RunAsync("DELETE", PathOf(snapshot), (JsonNode?)null, null, ct).ConfigureAwait(false);
        }
        catch (ApiException e) when (e.Status == 404)
        {
            // Nothing of this name to replace.
        }
    }

    private static async Task<int> RestoreAsync(Context context, Arguments arguments)
    {
        var (server, name) = context.Resolve(arguments.Rest[0]);
        var snapshot = arguments.Rest[1];
        var body = new JsonObject { ["restore"] = snapshot.Contains('/') ? snapshot[(snapshot.IndexOf('/') + 1)..] : snapshot, ["stateful"] = arguments.Has("--stateful") };
        if (arguments.Get("--disk-volumes") is { Length: > 0 } mode)
        {
            body["restore_disk_volumes_mode"] = mode;
        }

        var progress = context.Progress;
        await server.RunAsync("PUT", PathOf(name), body, progress.Of("Restoring snapshot"), context.Cancel).ConfigureAwait(false);
        progress.Done();
        return 0;
    }
}
