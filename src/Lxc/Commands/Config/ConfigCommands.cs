using Lxc.Commands.Instances;
using Lxc.Commands.Shared;
using Lxc.Framework;
using Lxd.Client;

namespace Lxc.Commands.Config;

/// <summary><c>config</c>: of the server, of instances, and who is trusted.</summary>
internal static class ConfigCommands
{
    private const string Instance = "[<remote>:]<instance>";

    public static IEnumerable<Command> All() =>
    [
        new("config get", "[<remote>:][<instance>] <key>", "Get values of instance or server configuration keys", (c, a) => EntityCommands.GetAsync(c, a, FindKey(c, a))) { Flags = [Flags.Expanded, Flags.Property, Flags.Target], Count = (1, 2), Hints = [Hint.InstanceOrKey, Hint.Key] },
        new("config set", "[<remote>:][<instance>] <key>=<value>...", "Set instance or server configuration keys", async (c, a) =>
        {
            var target = FindPairs(c, a);
            await EntityCommands.SetAsync(target, Pairs.Read(target.Rest), a.Has("--property"), c.Cancel).ConfigureAwait(false);
            return 0;
        })
        {
            Flags = [Flags.Property, Flags.Target], Count = (1, -1), Hints = [Hint.InstanceOrKeyValue, Hint.KeyValue],
            Long = "A single key may also be set the older way:\n    lxc config set [<remote>:][<instance>] <key> <value>",
            Examples = "lxc config set c1 limits.cpu=2\n    c1 has two processors.\n\nlxc config set c1 user.vendor-data - < vendor-data.yaml\n    The value is the content of vendor-data.yaml.\n\nlxc config set core.https_address=[::]:8443\n    The server listens on port 8443 of all addresses.",
        },
        new("config unset", "[<remote>:][<instance>] <key>", "Unset instance or server configuration keys", UnsetAsync) { Flags = [Flags.Property, Flags.Target], Count = (1, 2), Hints = [Hint.InstanceOrSetKey, Hint.SetKey] },
        new("config show", "[<remote>:][<instance>[/<snapshot>]]", "Show instance or server configurations", (c, a) => EntityCommands.ShowAsync(c, FindWhole(c, a), a.Has("--expanded"))) { Flags = [Flags.Expanded, Flags.Target], Count = (0, 1), Hints = [Hint.InstanceOrSnapshot] },
        new("config edit", "[<remote>:][<instance>[/<snapshot>]]", "Edit instance or server configurations as YAML", (c, a) => EntityCommands.EditAsync(c, FindWhole(c, a)))
        {
            Flags = [Flags.Target], Count = (0, 1), Hints = [Hint.InstanceOrSnapshot], Examples = "lxc config edit <instance> < FILE.yaml\n    Take the configuration from FILE.yaml.",
        },
        .. DeviceCommands.Make("config", Instance, "instance", Hint.Instance, InstanceCommands.Find),
        DeviceCommands.Override(Instance, InstanceCommands.Find),
        .. MetadataCommands.Make(),
        .. TemplateCommands.Make(),
        .. TrustCommands.Make(),
    ];

    private static async Task<int> UnsetAsync(Context context, Arguments arguments)
    {
        var target = FindKey(context, arguments);
        var key = target.Rest[0];
        if (!arguments.Has("--property") && target.Shape == Shape.Instance && (await target.GetAsync(context.Cancel).ConfigureAwait(false)).Thing["config"]?[key] is null)
        {
            throw new Lxd.Core.ApiException(0, $"Can't unset key '{key}', it's not currently set");
        }

        await EntityCommands.SetAsync(target, new() { [key] = "" }, arguments.Has("--property"), context.Cancel).ConfigureAwait(false);
        return 0;
    }

    /// <summary><c>KEY</c> is the server's; after a remote or instance it is theirs.</summary>
    private static Target FindKey(Context context, Arguments arguments) => arguments.Rest.Count == 1 ? Server(context.Server(context.Config.Default), arguments, arguments.Rest) : First(context, arguments);

    /// <summary><c>KEY=VALUE...</c> and <c>KEY VALUE</c> are the server's; after a remote or instance they are theirs.</summary>
    private static Target FindPairs(Context context, Arguments arguments)
    {
        var words = arguments.Rest;
        var ofServer = words[0].Contains('=') && !words[0].StartsWith('=') || words.Count == 1 && !words[0].EndsWith(':') || words.Count == 2 && !words[1].Contains('=') && !words[0].EndsWith(':');
        return ofServer ? Server(context.Server(context.Config.Default), arguments, words) : First(context, arguments);
    }

    private static Target FindWhole(Context context, Arguments arguments) => arguments.Rest.Count == 0 ? Server(context.Server(context.Config.Default), arguments, []) : First(context, arguments);

    /// <summary>The first argument is a remote or an instance.</summary>
    private static Target First(Context context, Arguments arguments)
    {
        var (server, name) = context.Resolve(arguments.Rest[0]);
        if (name.Length == 0)
        {
            return Server(server, arguments, [.. arguments.Rest.Skip(1)]);
        }

        return arguments.Given("--target") ? throw new Lxd.Core.ApiException(0, "--target cannot be used with instances") : InstanceCommands.Find(context, arguments);
    }

    private static Target Server(LxdConnection server, Arguments arguments, List<string> rest) => new(server, "/1.0", Shape.Server, rest, Remoting.Query(("target", Remoting.TargetOf(arguments))).TrimStart('?'));
}
