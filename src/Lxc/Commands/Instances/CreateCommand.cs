using System.Text.Json.Nodes;
using Lxc.Commands.Images;
using Lxc.Commands.Shared;
using Lxc.Framework;
using Lxd.Client;
using Lxd.Core;
using Lxd.Core.Api;

namespace Lxc.Commands.Instances;

/// <summary><c>init</c> and <c>launch</c>.</summary>
internal static class CreateCommand
{
    private static readonly Flag[] Common =
    [
        Flags.Config("the new instance"), Flags.Device("the new instance"),
        new("--empty", Help: "Create an empty instance"),
        new("--ephemeral", "-e", Help: "Delete the instance when it stops"),
        new("--network", "-n", "name", "Attach this network"),
        new("--no-profiles", Help: "Use no profiles"),
        new("--profile", "-p", "name", "Use this profile, may be repeated"),
        new("--storage", "-s", "pool", "Keep the instance in this pool"),
        Flags.Target,
        new("--target-project", Value: "project", Help: "Create it in this project"),
        new("--type", "-t", "type", "Size of the instance: c2-m4, aws:t2.micro"),
        new("--vm", Help: "Create a virtual machine"),
    ];

    public static IEnumerable<Command> Make() =>
    [
        new("init", "[<remote>:]<image> [<remote>:][<name>]", "Create instances from images", async (c, a) =>
        {
            await CreateAsync(c, a, false).ConfigureAwait(false);
            return 0;
        })
        {
            Flags = Common, Count = (0, 2), Rarity = Rarity.Rare, Hints = [Hint.Image, Hint.Remote],
            Examples = "lxc init ubuntu:24.04 u1\n    Create the instance u1.\n\nlxc init ubuntu:24.04 u1 < config.yaml\n    Take its configuration from config.yaml.",
        },
        new("launch", "[<remote>:]<image> [<remote>:][<name>]", "Create and start instances from images", LaunchAsync)
        {
            Flags = [.. Common, StateCommands.Console], Count = (0, 2), Hints = [Hint.Image, Hint.Remote],
            Examples = "lxc launch ubuntu:24.04 u1\n    Create and start the container u1.\n\nlxc launch ubuntu:24.04 v1 --vm -c limits.cpu=4 -c limits.memory=4GiB\n    Create and start a virtual machine with four processors and 4 GiB of memory.\n\nlxc launch ubuntu:24.04 u1 < config.yaml\n    Take its configuration from config.yaml.",
        },
    ];

    private static async Task<int> LaunchAsync(Context context, Arguments arguments)
    {
        if (await CreateAsync(context, arguments, true).ConfigureAwait(false) is not var (remote, name))
        {
            return 0;
        }

        await context.SayAsync($"Starting {name}").ConfigureAwait(false);
        var progress = context.Progress;
        await StateCommands.ChangeAsync(context.Server(remote), name, "start", context.Cancel, query: InTargetProject(arguments), progress: progress.Of("Starting instance")).ConfigureAwait(false);
        progress.Done();
        return arguments.Get("--console") is { Length: > 0 } console ? await ConsoleCommand.AttachAsync(context, $"{remote}:{name}", console).ConfigureAwait(false) : 0;
    }

    /// <returns>Where the instance is and its name; null where only the help was asked for.</returns>
    private static async Task<(string Remote, string Name)?> CreateAsync(Context context, Arguments arguments, bool launch)
    {
        var empty = arguments.Has("--empty");
        if (arguments.Rest.Count == 0 && !empty)
        {
            await context.Out.WriteAsync(Help.Of(Registry.Find([launch ? "launch" : "init"])!.Value.Command)).ConfigureAwait(false);
            return null;
        }

        if (empty && arguments.Rest.Count > 1)
        {
            throw new ApiException(0, "--empty cannot be combined with an image name");
        }

        var image = empty ? "" : arguments.Rest[0];
        var (remote, name) = Place(context, arguments, image);
        var server = context.Server(remote);
        var body = InstanceRequest.Read(arguments);
        body["name"] = name;
        await InstanceRequest.AddDevicesAsync(server, body, arguments, InTargetProject(arguments), context.Cancel).ConfigureAwait(false);
        await context.SayAsync(name.Length > 0 ? $"Creating {name}" : "Creating the instance").ConfigureAwait(false);
        var source = empty ? new(new JsonObject { ["type"] = "none" }, []) : await ImageSources.ForInstanceAsync(context, image, remote, InTargetProject(arguments).Length > 0, context.Cancel).ConfigureAwait(false);
        if (arguments.Has("--vm") && source.Type == "container")
        {
            throw new ApiException(0, "Asked for a VM but image is of type container");
        }

        if (source.Type.Length > 0)
        {
            body["type"] = source.Type;
        }

        var progress = context.Progress;
        var query = Remoting.Query(("project", arguments.Get("--target-project")), ("target", arguments.Get("--target")));
        var operation = await source.RunAsync(server, "POST", "/1.0/instances" + query, body, progress.Of("Retrieving image"), context.Cancel).ConfigureAwait(false);
        progress.Done();
        if (name.Length == 0)
        {
            name = NameOf(operation);
            await context.Out.WriteLineAsync($"Instance name is: {name}").ConfigureAwait(false);
        }

        if (!launch)
        {
            await HintAsync(context, server, body, name).ConfigureAwait(false);
        }

        return (remote, name);
    }

    /// <summary>The server and name of the instance: the second argument; without one the server the image comes from, if it runs instances, else the default one.</summary>
    private static (string Remote, string Name) Place(Context context, Arguments arguments, string image)
    {
        var source = context.Config.Split(image).Remote;
        var text = arguments.At(image.Length == 0 ? 0 : 1);
        if (text.Length > 0 || image.Length == 0)
        {
            return context.Config.Split(text);
        }

        return (context.Config.Get(source) is { Protocol: "lxd", Public: false } ? source : context.Config.Default, "");
    }

    /// <summary>The name of the instance that an operation made.</summary>
    public static string NameOf(Operation operation) =>
        operation.Resources.GetValueOrDefault("instances")?.FirstOrDefault() is { } url ? Uri.UnescapeDataString(url.Split('?')[0].Split('/')[^1]) : throw new ApiException(0, "Failed to get instance name");

    /// <summary>A container nobody can reach is rarely meant.</summary>
    private static async Task HintAsync(Context context, LxdConnection server, JsonObject body, string name)
    {
        if (context.Quiet || Console.IsOutputRedirected || body["devices"] is JsonObject devices && devices.Any(d => (string?)d.Value?["type"] == "nic"))
        {
            return;
        }

        var instance = await server.GetAsync<Instance>($"/1.0/instances/{Uri.EscapeDataString(name)}", context.Cancel).ConfigureAwait(false);
        if (!instance.ExpandedDevices.Values.Any(d => d.GetValueOrDefault("type") == "nic"))
        {
            await context.Err.WriteLineAsync("\nThe instance you are starting doesn't have any network attached to it.\n  To create a new network, use: lxc network create\n  To attach a network to an instance, use: lxc network attach\n").ConfigureAwait(false);
        }
    }

    private static string InTargetProject(Arguments arguments) => Remoting.Query(("project", arguments.Get("--target-project")));
}
