using System.Text.Json.Nodes;
using Lxc.Commands.Images;
using Lxc.Framework;
using Lxd.Client;
using Lxd.Core;
using Lxd.Core.Api;

namespace Lxc.Commands.Instances;

/// <summary><c>publish</c>.</summary>
internal static class PublishCommand
{
    public static Command Make() => new("publish", "[<remote>:]<instance>[/<snapshot>] [<remote>:] [flags] [key=value...]", "Make images of instances and snapshots", RunAsync)
    {
        Flags =
        [
            new("--alias", Value: "name", Help: "Name of the image, may be repeated"), new("--compression", Value: "algorithm", Help: "none, gzip, zstd, xz, ..."), new("--expire", Value: "date", Help: "When the image ends"),
            new("--format", Value: "format", Help: "unified (one file) or split (metadata and root file system)"), new("--force", "-f", Help: "Stop a running instance for it"), new("--public", Help: "Let everybody see it"), new("--reuse", Help: "Take the alias from an image that has it"),
        ],
        Count = (1, -1), Hints = [Hint.InstanceOrSnapshot, Hint.Remote],
    };

    private static async Task<int> RunAsync(Context context, Arguments arguments)
    {
        var (remote, name) = context.Config.Split(arguments.Rest[0]);
        var server = context.Server(remote);
        var rest = arguments.Rest.Skip(1).ToList();
        var target = rest.FirstOrDefault(r => r.EndsWith(':') && !r.Contains('='));
        var targetRemote = target is null ? remote : context.Config.Split(target).Remote;
        if (target?.Contains('/') == true || name.Length == 0)
        {
            throw new ApiException(0, "Instance name is mandatory");
        }

        var body = Body(arguments, name, rest.Where(r => r != target));
        var restart = !name.Contains('/') && await StopAsync(server, name, arguments.Has("--force"), context.Cancel).ConfigureAwait(false);
        try
        {
            var aliases = arguments.All("--alias");
            if (arguments.Has("--reuse") || targetRemote != remote)
            {
                // The image takes its names at the end, where they may be another image's.
                body["aliases"] = new JsonArray();
            }

            var fingerprint = await PublishAsync(context, server, body).ConfigureAwait(false);
            if (targetRemote != remote)
            {
                await ImageCopy.PublishedAsync(context, remote, targetRemote, fingerprint, arguments).ConfigureAwait(false);
            }
            else if (arguments.Has("--reuse"))
            {
                await ImageAliases.PointAsync(server, aliases, fingerprint, context.Cancel, replacing: true).ConfigureAwait(false);
            }

            await context.Out.WriteLineAsync($"Instance published with fingerprint: {fingerprint}").ConfigureAwait(false);
        }
        finally
        {
            if (restart)
            {
                await StateCommands.ChangeAsync(server, name, "start", CancellationToken.None).ConfigureAwait(false);
            }
        }

        return 0;
    }

    private static JsonObject Body(Arguments arguments, string name, IEnumerable<string> pairs)
    {
        var properties = new JsonObject();
        foreach (var pair in pairs)
        {
            var equals = pair.IndexOf('=');
            properties[equals > 0 ? pair[..equals] : throw new ApiException(0, $"Bad key=value pair: {pair}")] = pair[(equals + 1)..];
        }

        var body = new JsonObject
        {
            ["source"] = new JsonObject { ["type"] = name.Contains('/') ? "snapshot" : "instance", ["name"] = name },
            ["properties"] = properties,
            ["public"] = arguments.Has("--public"),
            ["compression_algorithm"] = arguments.Get("--compression"),
            ["aliases"] = new JsonArray([.. arguments.All("--alias").Select(a => new JsonObject { ["name"] = a })]),
        };
        if (arguments.Get("--format") is { Length: > 0 } format)
        {
            body["format"] = format;
        }

        if (arguments.Get("--expire") is { Length: > 0 } expire)
        {
            body["expires_at"] = GoTime.Format(GoTime.Parse(expire));
        }

        return body;
    }

    private static async Task<string> PublishAsync(Context context, LxdConnection server, JsonObject body)
    {
        var progress = context.Progress;
        var operation = await server.RunAsync("POST", "/1.0/images", body, progress.Of("Publishing instance"), context.Cancel).ConfigureAwait(false);
        progress.Done();
        return (string?)operation.Metadata?["fingerprint"] ?? throw new ApiException(0, "The server named no image");
    }

    /// <summary>Stops a running instance.</summary>
    /// <returns>Whether it has to be started again.</returns>
    private static async Task<bool> StopAsync(LxdConnection server, string name, bool force, CancellationToken ct)
    {
        var path = InstanceCommands.PathOf(name);
        var instance = await server.GetAsync<Instance>(path, ct).ConfigureAwait(false);
        if (instance.StatusCode is 0 or 102)
        {
            return false;
        }

        if (!force)
        {
            throw new ApiException(0, "The instance is currently running. Use --force to have it stopped and restarted");
        }

        if (!instance.Ephemeral)
        {
            await StateCommands.ChangeAsync(server, name, "stop", ct, force: true).ConfigureAwait(false);
            return true;
        }

        // An ephemeral instance would be gone when it stops.
        await SetEphemeralAsync(server, path, false, ct).ConfigureAwait(false);
        try
        {
            await StateCommands.ChangeAsync(server, name, "stop", ct, force: true).ConfigureAwait(false);
        }
        finally
        {
            await SetEphemeralAsync(server, path, true, CancellationToken.None).ConfigureAwait(false);
        }

        return true;
    }

    private static Task SetEphemeralAsync(LxdConnection server, string path, bool ephemeral, CancellationToken ct) =>
        new Shared.Target(server, path, Shared.Shape.Instance, []).ChangeAsync(thing => thing["ephemeral"] = ephemeral, ct);
}
