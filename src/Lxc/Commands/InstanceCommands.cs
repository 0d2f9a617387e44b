using System.Text.Json.Nodes;
using Lxc.Framework;
using Lxd.Core;
using Lxd.Core.Api;

namespace Lxc.Commands;

/// <summary>Instances: listed, looked at, copied, moved, snapshotted, deleted.</summary>
internal static class InstanceCommands
{
    private static readonly Flag[] Copying =
    [
        new("--config", "-c", "key=value", "Set a configuration key of the copy"),
        new("--device", "-d", "name,key=value", "Set a key of a device of the copy"),
        new("--ephemeral", "-e", Help: "The copy goes when it stops"),
        new("--instance-only", Help: "Leave the snapshots behind"),
        new("--container-only", Help: "Leave the snapshots behind"),
        new("--mode", Value: "mode", Help: "pull, push or relay"),
        new("--no-profiles", Help: "Use no profiles"),
        new("--profile", "-p", "name", "Use this profile, may be repeated"),
        new("--refresh", Help: "Bring an existing copy up to date"),
        new("--start", Help: "Start the copy"),
        new("--stateless", Help: "Leave the saved state behind"),
        new("--storage", "-s", "pool", "Keep it in this pool"),
        new("--target", Value: "member", Help: "Cluster member"),
        new("--target-project", Value: "project", Help: "Into this project"),
        new("--allow-inconsistent", Help: "Ignore files that change while they are copied"),
    ];

    public static IEnumerable<Command> All() =>
    [
        ListCommand.Make(),
        InfoCommand.Make(),
        ExecCommand.Make(),
        ConsoleCommand.Make(),
        new("delete", "[<remote>:]<instance>[/<snapshot>] [[<remote>:]<instance>[/<snapshot>]...]", "Delete instances and snapshots", DeleteAsync)
        {
            Flags = [new("--force", "-f", Help: "Stop them first"), new("--interactive", "-i", Help: "Ask before each"), new("--disk-volumes", Value: "mode", Help: "What happens with attached volumes")], Aliases = ["rm"], Count = (1, -1),
        },
        new("rename", "[<remote>:]<instance>[/<snapshot>] <instance>[/<snapshot>]", "Rename instances and snapshots", RenameAsync) { Count = (2, 2) },
        new("copy", "[<remote>:]<source>[/<snapshot>] [[<remote>:]<destination>]", "Copy instances", CopyAsync) { Flags = Copying, Aliases = ["cp"], Count = (1, 2) },
        new("move", "[<remote>:]<instance>[/<snapshot>] [<remote>:][<instance>[/<snapshot>]]", "Move instances within or between servers", MoveAsync) { Flags = Copying, Aliases = ["mv"], Count = (1, 2) },
        new("snapshot", "[<remote>:]<instance> [<snapshot name>]", "Create snapshots", SnapshotAsync)
        {
            Flags = [new("--no-expiry", Help: "Keep it for ever"), new("--reuse", Help: "Replace one of this name"), new("--stateful", Help: "With the running state"), new("--disk-volumes", Value: "mode", Help: "What happens with attached volumes")], Count = (1, 2),
        },
        new("restore", "[<remote>:]<instance> <snapshot>", "Restore instances from snapshots", RestoreAsync) { Flags = [new("--stateful", Help: "With the running state"), new("--disk-volumes", Value: "mode", Help: "What happens with attached volumes")], Count = (2, 2) },
        new("publish", "[<remote>:]<instance>[/<snapshot>] [<remote>:] [key=value...]", "Make images of instances", PublishAsync)
        {
            Flags =
            [
                new("--alias", Value: "name", Help: "Name of the image, may be repeated"), new("--compression", Value: "algorithm", Help: "none, gzip, zstd, xz, ..."), new("--expire", Value: "date", Help: "When the image ends"),
                new("--force", "-f", Help: "Stop a running instance for it"), new("--public", Help: "Let everybody see it"), new("--reuse", Help: "Take the alias from an image that has it"),
            ],
            Count = (1, -1),
        },
    ];

    internal static string PathOf(string name)
    {
        var (instance, snapshot) = Names.SplitSnapshot(name);
        return snapshot is null ? $"/1.0/instances/{Uri.EscapeDataString(instance)}" : $"/1.0/instances/{Uri.EscapeDataString(instance)}/snapshots/{Uri.EscapeDataString(snapshot)}";
    }

    private static async Task<int> DeleteAsync(Context context, Arguments arguments)
    {
        foreach (var text in arguments.Rest)
        {
            var (server, name) = context.Resolve(text);
            if (arguments.Has("--interactive") && Terminal.Input.Ask($"Remove {name} (yes/no): ", "no") is not ("yes" or "y"))
            {
                throw new ApiException(0, "User aborted delete operation");
            }

            if (!name.Contains('/'))
            {
                var instance = await server.GetAsync<Instance>(PathOf(name), context.Cancel).ConfigureAwait(false);
                if (instance.StatusCode is not (0 or 102 or 112))
                {
                    if (!arguments.Has("--force"))
                    {
                        throw new ApiException(0, "The instance is currently running, stop it first or pass --force");
                    }

                    await server.RunAsync("PUT", PathOf(name) + "/state", new JsonObject { ["action"] = "stop", ["timeout"] = -1, ["force"] = true }, null, context.Cancel).ConfigureAwait(false);
                    if (instance.Ephemeral)
                    {
                        continue;
                    }
                }
            }

            await server.RunAsync("DELETE", PathOf(name), null, null, context.Cancel).ConfigureAwait(false);
        }

        return 0;
    }

    private static async Task<int> RenameAsync(Context context, Arguments arguments)
    {
        var (server, name) = context.Resolve(arguments.Rest[0]);
        var (remote, next) = context.Config.Split(arguments.Rest[1], context.Config.Split(arguments.Rest[0]).Remote);
        if (remote != context.Config.Split(arguments.Rest[0]).Remote)
        {
            throw new ApiException(0, "Can't specify a different remote for rename");
        }

        var target = name.Contains('/') ? Names.SplitSnapshot(next).Snapshot ?? throw new ApiException(0, "Invalid new snapshot name") : next;
        await server.RunAsync("POST", PathOf(name), new JsonObject { ["name"] = target }, null, context.Cancel).ConfigureAwait(false);
        return 0;
    }

    private static async Task<int> CopyAsync(Context context, Arguments arguments)
    {
        await CopyAsync(context, arguments, false).ConfigureAwait(false);
        return 0;
    }

    private static async Task<(string Remote, string Name)> CopyAsync(Context context, Arguments arguments, bool moving)
    {
        var (fromRemote, from) = context.Config.Split(arguments.Rest[0]);
        var (toRemote, to) = arguments.Rest.Count > 1 ? context.Config.Split(arguments.Rest[1]) : (context.Config.Default, "");
        if (fromRemote != toRemote)
        {
            throw new ApiException(0, "Copies between servers are not supported yet");
        }

        var server = context.Server(fromRemote);
        to = to.Length > 0 ? to : moving || arguments.Get("--target-project").Length > 0 ? Names.SplitSnapshot(from).Parent : to;
        var original = (JsonObject)(await server.GetAsync(PathOf(from), context.Cancel).ConfigureAwait(false))!;
        var config = original["config"] as JsonObject ?? [];
        foreach (var key in config.Select(p => p.Key).Where(k => k.StartsWith("volatile.", StringComparison.Ordinal) && k != "volatile.base_image" && k != "volatile.last_state.idmap").ToList())
        {
            config.Remove(key);
        }

        foreach (var (key, value) in arguments.Map("--config"))
        {
            config[key] = value;
        }

        var devices = original["devices"] as JsonObject ?? [];
        if (arguments.Get("--storage") is { Length: > 0 } pool)
        {
            var root = (JsonObject?)(original["expanded_devices"] as JsonObject)?.Select(d => d.Value).OfType<JsonObject>().FirstOrDefault(d => (string?)d["type"] == "disk" && (string?)d["path"] == "/")?.DeepClone() ?? new JsonObject { ["type"] = "disk", ["path"] = "/" };
            root["pool"] = pool;
            devices["root"] = root;
        }

        foreach (var text in arguments.All("--device"))
        {
            var parts = text.Split(',', 2);
            if (parts.Length == 2 && parts[1].Split('=', 2) is [var key, var value])
            {
                var device = devices[parts[0]] as JsonObject ?? (JsonObject?)(original["expanded_devices"]?[parts[0]] as JsonObject)?.DeepClone() ?? [];
                device[key] = value;
                devices[parts[0]] = device.Parent is null ? device : device.DeepClone();
            }
        }

        var body = new JsonObject
        {
            ["name"] = to,
            ["architecture"] = original["architecture"]?.DeepClone(),
            ["config"] = config.DeepClone(),
            ["devices"] = devices.DeepClone(),
            ["description"] = original["description"]?.DeepClone(),
            ["ephemeral"] = arguments.Has("--ephemeral") || !arguments.Has("--ephemeral") && moving && ((bool?)original["ephemeral"] ?? false),
            ["type"] = original["type"]?.DeepClone() ?? "container",
            ["profiles"] = arguments.Has("--no-profiles") ? new JsonArray() : arguments.All("--profile") is { Count: > 0 } profiles ? new JsonArray([.. profiles.Select(p => (JsonNode)JsonValue.Create(p))]) : original["profiles"]?.DeepClone(),
            ["source"] = new JsonObject
            {
                ["type"] = "copy",
                ["source"] = from,
                ["instance_only"] = arguments.Has("--instance-only") || arguments.Has("--container-only"),
                ["refresh"] = arguments.Has("--refresh"),
                ["project"] = server.Project.Length > 0 ? server.Project : "default",
                ["live"] = false,
            },
        };
        var project = arguments.Get("--target-project") is { Length: > 0 } p ? "?project=" + Uri.EscapeDataString(p) : "";
        var progress = context.Progress;
        var operation = await server.RunAsync("POST", "/1.0/instances" + project, body, progress.Of("Transferring instance"), context.Cancel).ConfigureAwait(false);
        progress.Done();
        if (to.Length == 0)
        {
            to = Uri.UnescapeDataString(operation.Resources.GetValueOrDefault("instances")?.LastOrDefault()?.Split('?')[0].Split('/')[^1] ?? "");
            await context.Out.WriteLineAsync($"Instance name is: {to}").ConfigureAwait(false);
        }

        if (arguments.Has("--start"))
        {
            await server.RunAsync("PUT", PathOf(to) + "/state" + project, new JsonObject { ["action"] = "start", ["timeout"] = -1 }, null, context.Cancel).ConfigureAwait(false);
        }

        return (fromRemote, to);
    }

    private static async Task<int> MoveAsync(Context context, Arguments arguments)
    {
        var (remote, from) = context.Config.Split(arguments.Rest[0]);
        var (toRemote, to) = arguments.Rest.Count > 1 ? context.Config.Split(arguments.Rest[1], remote) : (remote, "");
        if (remote == toRemote && arguments.Get("--storage").Length == 0 && arguments.Get("--target-project").Length == 0)
        {
            return await RenameAsync(context, arguments).ConfigureAwait(false);
        }

        if (remote == toRemote)
        {
            var server = context.Server(remote);
            var body = new JsonObject { ["name"] = to.Length > 0 ? to : from, ["migration"] = true, ["live"] = false, ["instance_only"] = arguments.Has("--instance-only"), ["pool"] = arguments.Get("--storage"), ["project"] = arguments.Get("--target-project") };
            await server.RunAsync("POST", PathOf(from), body, context.Progress.Of("Transferring instance"), context.Cancel).ConfigureAwait(false);
            return 0;
        }

        await CopyAsync(context, arguments, true).ConfigureAwait(false);
        await context.Server(remote).RunAsync("DELETE", PathOf(from), null, null, context.Cancel).ConfigureAwait(false);
        return 0;
    }

    private static async Task<int> SnapshotAsync(Context context, Arguments arguments)
    {
        var (server, name) = context.Resolve(arguments.Rest[0]);
        if (name.Contains('/'))
        {
            throw new ApiException(0, $"'/' not allowed in snapshot name");
        }

        var snapshot = arguments.Rest.ElementAtOrDefault(1) ?? "";
        if (arguments.Has("--reuse") && snapshot.Length > 0)
        {
            try
            {
                await server.RunAsync("DELETE", PathOf($"{name}/{snapshot}"), null, null, context.Cancel).ConfigureAwait(false);
            }
            catch (ApiException e) when (e.Status == 404)
            {
                // Nothing of this name to replace.
            }
        }

        var body = new JsonObject { ["name"] = snapshot, ["stateful"] = arguments.Has("--stateful") };
        if (arguments.Has("--no-expiry"))
        {
            body["expires_at"] = "0001-01-01T00:00:00Z";
        }

        await server.RunAsync("POST", PathOf(name) + "/snapshots", body, null, context.Cancel).ConfigureAwait(false);
        return 0;
    }

    private static async Task<int> RestoreAsync(Context context, Arguments arguments)
    {
        var (server, name) = context.Resolve(arguments.Rest[0]);
        var snapshot = arguments.Rest[1];
        await server.RunAsync("PUT", PathOf(name), new JsonObject { ["restore"] = snapshot.Contains('/') ? snapshot[(snapshot.IndexOf('/') + 1)..] : snapshot, ["stateful"] = arguments.Has("--stateful") }, context.Progress.Of("Restoring snapshot"), context.Cancel).ConfigureAwait(false);
        return 0;
    }

    private static async Task<int> PublishAsync(Context context, Arguments arguments)
    {
        var (server, name) = context.Resolve(arguments.Rest[0]);
        var rest = arguments.Rest.Skip(1).Where(r => !(r.EndsWith(':') && !r.Contains('='))).ToList();
        var properties = new JsonObject();
        foreach (var pair in rest)
        {
            var parts = pair.Split('=', 2);
            properties[parts[0]] = parts.Length == 2 ? parts[1] : throw new ApiException(0, $"Bad key=value pair: {pair}");
        }

        var running = !name.Contains('/') && (await server.GetAsync<Instance>(PathOf(name), context.Cancel).ConfigureAwait(false)).StatusCode == 103;
        if (running)
        {
            if (!arguments.Has("--force"))
            {
                throw new ApiException(0, "The instance is currently running. Use --force to have it stopped and restarted");
            }

            await server.RunAsync("PUT", PathOf(name) + "/state", new JsonObject { ["action"] = "stop", ["timeout"] = -1, ["force"] = true }, null, context.Cancel).ConfigureAwait(false);
        }

        try
        {
            if (arguments.Has("--reuse"))
            {
                foreach (var alias in arguments.All("--alias"))
                {
                    if (await ImageSources.FingerprintAsync(server, alias, context.Cancel).ConfigureAwait(false) is not null)
                    {
                        await server.SendAsync("DELETE", $"/1.0/images/aliases/{Uri.EscapeDataString(alias)}", (JsonNode?)null, context.Cancel).ConfigureAwait(false);
                    }
                }
            }

            var body = new JsonObject
            {
                ["source"] = new JsonObject { ["type"] = name.Contains('/') ? "snapshot" : "instance", ["name"] = name },
                ["properties"] = properties,
                ["public"] = arguments.Has("--public"),
                ["compression_algorithm"] = arguments.Get("--compression"),
                ["aliases"] = new JsonArray([.. arguments.All("--alias").Select(a => new JsonObject { ["name"] = a })]),
            };
            if (arguments.Get("--expire") is { Length: > 0 } expire)
            {
                body["expires_at"] = GoTime.Format(GoTime.Parse(expire));
            }

            var progress = context.Progress;
            var operation = await server.RunAsync("POST", "/1.0/images", body, progress.Of("Publishing instance"), context.Cancel).ConfigureAwait(false);
            progress.Done();
            await context.Out.WriteLineAsync($"Instance published with fingerprint: {(string?)operation.Metadata?["fingerprint"]}").ConfigureAwait(false);
        }
        finally
        {
            if (running)
            {
                await server.RunAsync("PUT", PathOf(name) + "/state", new JsonObject { ["action"] = "start", ["timeout"] = -1 }, null, CancellationToken.None).ConfigureAwait(false);
            }
        }

        return 0;
    }
}
