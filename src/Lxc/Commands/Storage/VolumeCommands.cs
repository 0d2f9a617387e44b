using System.Text.Json.Nodes;
using Lxc.Commands.Shared;
using Lxc.Framework;
using Lxc.Terminal;
using Lxd.Core;

namespace Lxc.Commands.Storage;

/// <summary><c>storage volume</c>.</summary>
internal static class VolumeCommands
{
    private const string What = "[<remote>:]<pool> [<type>/]<volume>[/<snapshot>]";

    public static IEnumerable<Command> All() =>
    [
        .. EntityCommands.Make("storage volume", What, 2, VolumeFinder.Find, [Hint.Pool, Hint.Volume], Flags.Target),
        VolumeListCommand.Make(),
        VolumeInfoCommand.Make(),
        .. VolumeTransfer.Make(),
        .. VolumeDevices.Make(),
        new("storage volume create", "[<remote>:]<pool> <volume> [key=value...]", "Create custom storage volumes", CreateAsync)
        {
            Flags = [Flags.Description("the volume"), Flags.Target, new("--type", Value: "type", Help: "filesystem or block") { Default = "filesystem" }], Count = (2, -1), Hints = [Hint.Pool, Hint.None],
            Examples = "lxc storage volume create default data size=10GiB\n    Create the volume data in the pool default.\n\nlxc storage volume create default data < config.yaml\n    Take its configuration from config.yaml.",
        },
        new("storage volume delete", "[<remote>:]<pool> <volume>[/<snapshot>]", "Delete storage volumes and their snapshots", DeleteAsync) { Aliases = ["rm"], Flags = [Flags.Target], Count = (2, 2), Hints = [Hint.Pool, Hint.Volume] },
        new("storage volume rename", "[<remote>:]<pool> <old name>[/<old snapshot name>] <new name>[/<new snapshot name>]", "Rename custom storage volumes and their snapshots", RenameAsync) { Flags = [Flags.Target], Count = (3, 3), Hints = [Hint.Pool, Hint.Volume, Hint.None] },
        new("storage volume snapshot", "[<remote>:]<pool> <volume> [<snapshot>]", "Snapshot custom storage volumes", SnapshotAsync)
        {
            Flags = [new("--no-expiry", Help: "Keep it for ever"), new("--reuse", Help: "Replace a snapshot of this name"), Flags.Target], Count = (2, 3), Hints = [Hint.Pool, Hint.Volume, Hint.None],
        },
        new("storage volume restore", "[<remote>:]<pool> <volume> <snapshot>", "Restore custom storage volumes from snapshots", RestoreAsync) { Flags = [Flags.Target], Count = (3, 3), Hints = [Hint.Pool, Hint.Volume, Hint.None] },
    ];

    private static string Query(Arguments arguments) => Remoting.Query(("target", Remoting.TargetOf(arguments)));

    private static async Task<int> CreateAsync(Context context, Arguments arguments)
    {
        var (server, pool) = context.Resolve(arguments.Rest[0]);
        var name = VolumeName.Parse(arguments.Rest[1]);
        if (name.Type != "custom" || name.Snapshot.Length > 0)
        {
            throw new ApiException(0, name.Snapshot.Length > 0 ? "Snapshots are made with lxc storage volume snapshot" : "Only \"custom\" volumes can be created");
        }

        var body = Input.Yaml();
        body["name"] = name.Volume;
        body["type"] = "custom";
        body["content_type"] = arguments.Get("--type", (string?)body["content_type"] ?? "filesystem");
        body["description"] = arguments.Get("--description", (string?)body["description"] ?? "");
        Pairs.Apply(Target.Map(body, "config"), Pairs.Read([.. arguments.Rest.Skip(2)]));
        await server.RunAsync("POST", $"{StorageCommands.Url(pool)}/volumes/custom{Query(arguments)}", body, null, context.Cancel).ConfigureAwait(false);
        await context.SayAsync($"Storage volume {name.Volume} created").ConfigureAwait(false);
        return 0;
    }

    private static async Task<int> DeleteAsync(Context context, Arguments arguments)
    {
        var target = VolumeFinder.Find(context, arguments);
        await target.Server.RunAsync("DELETE", target.FullUrl, (JsonNode?)null, null, context.Cancel).ConfigureAwait(false);
        await context.SayAsync($"Storage volume {arguments.Rest[1]} deleted").ConfigureAwait(false);
        return 0;
    }

    private static async Task<int> RenameAsync(Context context, Arguments arguments)
    {
        var (server, pool) = context.Resolve(arguments.Rest[0]);
        var (old, next) = (VolumeName.Parse(arguments.Rest[1]), VolumeName.Parse(arguments.Rest[2]));
        if (old.Snapshot.Length > 0 != next.Snapshot.Length > 0 || old.Snapshot.Length > 0 && old.Volume != next.Volume)
        {
            throw new ApiException(0, "Invalid new snapshot name, parent volume must be the same as source");
        }

        var name = old.Snapshot.Length > 0 ? next.Snapshot : next.Volume;
        await server.RunAsync("POST", old.Url(pool) + Query(arguments), new JsonObject { ["name"] = name }, null, context.Cancel).ConfigureAwait(false);
        await context.SayAsync($"Renamed storage volume from \"{arguments.Rest[1]}\" to \"{name}\"").ConfigureAwait(false);
        return 0;
    }

    private static async Task<int> SnapshotAsync(Context context, Arguments arguments)
    {
        var (server, pool) = context.Resolve(arguments.Rest[0]);
        var name = VolumeName.Parse(arguments.Rest[1]);
        if (name.Type != "custom" || name.Snapshot.Length > 0)
        {
            throw new ApiException(0, "Only \"custom\" volumes can be snapshotted");
        }

        var snapshot = arguments.At(2);
        var body = Input.Yaml();
        foreach (var key in body.Select(p => p.Key).Where(k => k is not ("description" or "expires_at")).ToList())
        {
            body.Remove(key);
        }

        body["name"] = snapshot;
        if (arguments.Has("--no-expiry"))
        {
            body["expires_at"] = GoTime.Format(default);
        }

        if (arguments.Has("--reuse") && snapshot.Length > 0)
        {
            try
            {
                await server.RunAsync("DELETE", (name with { Snapshot = snapshot }).Url(pool) + Query(arguments), (JsonNode?)null, null, context.Cancel).ConfigureAwait(false);
            }
            catch (ApiException e) when (e.Status == 404)
            {
                // Nothing of this name to replace.
            }
        }

        await server.RunAsync("POST", name.Parent(pool) + "/snapshots" + Query(arguments), body, null, context.Cancel).ConfigureAwait(false);
        return 0;
    }

    private static async Task<int> RestoreAsync(Context context, Arguments arguments)
    {
        var (server, pool) = context.Resolve(arguments.Rest[0]);
        var name = VolumeName.Parse(arguments.Rest[1]);
        var volume = (JsonObject)(await server.GetAsync(name.Parent(pool) + Query(arguments), context.Cancel).ConfigureAwait(false))!;
        var body = new JsonObject { ["config"] = volume["config"]?.DeepClone(), ["description"] = volume["description"]?.DeepClone(), ["restore"] = arguments.Rest[2].Split('/')[^1] };
        await server.RunAsync("PUT", name.Parent(pool) + Query(arguments), body, null, context.Cancel).ConfigureAwait(false);
        return 0;
    }
}
