using System.Text.Json.Nodes;
using Lxc.Framework;
using Lxd.Core;
using Lxd.Core.Api;

namespace Lxc.Commands.Instances;

/// <summary><c>move</c>.</summary>
internal static class MoveCommand
{
    public static Command Make() => new("move", "[<remote>:]<instance>[/<snapshot>] [<remote>:][<instance>[/<snapshot>]]", "Move instances within or between servers", RunAsync)
    {
        Aliases = ["mv"], Count = (1, 2), Hints = [Hint.InstanceOrSnapshot, Hint.Remote],
        Flags = [Flags.Config("the instance there"), Flags.Device("the instance there"), .. CopyCommand.Shared],
        Long = CopyCommand.TransferHelp,
        Examples = "lxc move old new\n    Rename an instance on its server.\n\nlxc move c1 other:\n    Move c1 to another server.\n\nlxc move c1 --storage fast\n    Move c1 into another pool of its server.",
    };

    private static readonly string[] Changing = ["--config", "--device", "--profile", "--no-profiles", "--storage", "--target", "--target-project", "--instance-only", "--container-only"];

    private static async Task<int> RunAsync(Context context, Arguments arguments)
    {
        var (remote, name) = context.Config.Split(arguments.Rest[0]);
        var (toRemote, to) = arguments.Rest.Count > 1 ? context.Config.Split(arguments.Rest[1]) : (remote, "");
        to = to.Length > 0 ? to : name;
        if (remote != toRemote)
        {
            return await BetweenAsync(context, arguments, remote, name, toRemote, to).ConfigureAwait(false);
        }

        if (!Array.Exists(Changing, arguments.Given))
        {
            return arguments.Rest.Count == 2 ? await InstanceCommands.RenameAsync(context, arguments).ConfigureAwait(false) : throw new ApiException(0, "You must specify a destination, or what is to change");
        }

        await WithinAsync(context, arguments, remote, name, to).ConfigureAwait(false);
        return 0;
    }

    /// <summary>The server moves it itself: to another pool, project or member.</summary>
    private static async Task WithinAsync(Context context, Arguments arguments, string remote, string name, string to)
    {
        if (name.Contains('/'))
        {
            throw new ApiException(0, "Snapshots cannot be moved between pools, projects or members");
        }

        var server = context.Server(remote);
        var instance = await server.GetAsync<Instance>(InstanceCommands.PathOf(name), context.Cancel).ConfigureAwait(false);
        var body = new JsonObject
        {
            ["name"] = to, ["migration"] = true, ["live"] = Live(arguments, instance), ["instance_only"] = arguments.Has("--instance-only") || arguments.Has("--container-only"),
            ["pool"] = arguments.Get("--storage"), ["project"] = arguments.Get("--target-project"), ["allow_inconsistent"] = arguments.Has("--allow-inconsistent"),
        };
        if (arguments.Given("--config"))
        {
            body["Config"] = Json.Node(new Dictionary<string, string>(instance.Config.Concat(arguments.Map("--config")).GroupBy(p => p.Key).Select(g => g.Last())));
        }

        if (arguments.Given("--device"))
        {
            var devices = (JsonObject)Json.Node(instance.Devices)!;
            InstanceRequest.Override(devices, arguments.All("--device"), (JsonObject)Json.Node(instance.ExpandedDevices)!);
            body["Devices"] = devices;
        }

        if (arguments.Given("--profile") || arguments.Has("--no-profiles"))
        {
            body["Profiles"] = arguments.Has("--no-profiles") ? new JsonArray() : InstanceRequest.List(arguments.All("--profile"));
        }

        var progress = context.Progress;
        await server.RunAsync("POST", InstanceCommands.PathOf(name) + Shared.Remoting.Query(("target", arguments.Get("--target"))), body, progress.Of("Transferring instance"), context.Cancel).ConfigureAwait(false);
        progress.Done();
    }

    private static async Task<int> BetweenAsync(Context context, Arguments arguments, string remote, string name, string toRemote, string to)
    {
        if (name.Contains('/'))
        {
            throw new ApiException(0, "Snapshots cannot be moved between servers, copy them instead");
        }

        var source = context.Server(remote);
        var instance = await source.GetAsync<Instance>(InstanceCommands.PathOf(name), context.Cancel).ConfigureAwait(false);
        var live = Live(arguments, instance);
        if (instance.StatusCode is not (0 or 102) && !live && !arguments.Has("--stateless"))
        {
            throw new ApiException(0, "The instance is running: stop it first, or leave its running state behind with --stateless");
        }

        await new InstanceCopier(context, arguments, remote, name, toRemote, to) { Moving = true, Live = live }.RunAsync().ConfigureAwait(false);
        if (!live && instance.StatusCode is not (0 or 102))
        {
            await StateCommands.ChangeAsync(source, name, "stop", context.Cancel, force: true).ConfigureAwait(false);
            if (instance.Ephemeral)
            {
                return 0;
            }
        }

        await source.RunAsync("DELETE", InstanceCommands.PathOf(name), null, null, context.Cancel).ConfigureAwait(false);
        return 0;
    }

    /// <summary>Only virtual machines can go on running.</summary>
    private static bool Live(Arguments arguments, Instance instance) => instance.Type == "virtual-machine" && instance.StatusCode == 103 && !arguments.Has("--stateless");
}
