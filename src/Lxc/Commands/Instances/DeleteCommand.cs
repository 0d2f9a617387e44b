using System.Text.Json.Nodes;
using Lxc.Commands.Shared;
using Lxc.Framework;
using Lxc.Terminal;
using Lxd.Client;
using Lxd.Core;
using Lxd.Core.Api;

namespace Lxc.Commands.Instances;

/// <summary><c>delete</c>.</summary>
internal static class DeleteCommand
{
    public static Command Make() => new("delete", "[<remote>:]<instance>[/<snapshot>] [[<remote>:]<instance>[/<snapshot>]...]", "Delete instances and snapshots", RunAsync)
    {
        Flags = [new("--force", "-f", Help: "Stop running instances first"), new("--interactive", "-i", Help: "Ask before each"), InstanceCommands.DiskVolumes("deleted with a snapshot")],
        Aliases = ["rm"], Count = (1, -1), Hints = [Hint.DeletableInstance],
    };

    private static async Task<int> RunAsync(Context context, Arguments arguments)
    {
        // All have to be there before the first goes.
        var all = new List<(LxdConnection Server, string Remote, string Name)>();
        foreach (var text in arguments.Rest)
        {
            var (remote, name) = context.Config.Split(text);
            var server = context.Server(remote);
            await CheckAsync(server, remote, name, context.Cancel).ConfigureAwait(false);
            all.Add((server, remote, name));
        }

        foreach (var (server, _, name) in all)
        {
            if (arguments.Has("--interactive") && Input.Ask($"Remove {name} (yes/no): ", "no").ToLowerInvariant() is not ("yes" or "y"))
            {
                throw new ApiException(0, "User aborted delete operation");
            }

            await OneAsync(server, name, arguments, context.Cancel).ConfigureAwait(false);
        }

        return 0;
    }

    private static async Task CheckAsync(LxdConnection server, string remote, string name, CancellationToken ct)
    {
        if (name.Length == 0)
        {
            throw new ApiException(0, $"Must supply instance name for: \"{remote}:\"");
        }

        try
        {
            await server.GetAsync(InstanceCommands.PathOf(name), ct).ConfigureAwait(false);
        }
        catch (ApiException e) when (e.Status != 0)
        {
            throw new ApiException(e.Status, $"Failed checking instance {(name.Contains('/') ? "snapshot " : "")}exists \"{remote}:{name}\": {e.Message}", e);
        }
    }

    private static async Task OneAsync(LxdConnection server, string name, Arguments arguments, CancellationToken ct)
    {
        if (!name.Contains('/'))
        {
            var instance = await server.GetAsync<Instance>(InstanceCommands.PathOf(name), ct).ConfigureAwait(false);
            if (instance.StatusCode is not (0 or 102))
            {
                if (!arguments.Has("--force"))
                {
                    throw new ApiException(0, "The instance is currently running, stop it first or pass --force");
                }

                await StateCommands.ChangeAsync(server, name, "stop", ct, force: true).ConfigureAwait(false);
                if (instance.Ephemeral)
                {
                    // It went with its last process.
                    return;
                }
            }
        }

        await server.RunAsync("DELETE", InstanceCommands.PathOf(name) + Remoting.Query(("disk-volumes", name.Contains('/') ? arguments.Get("--disk-volumes") : "")), (JsonNode?)null, null, ct).ConfigureAwait(false);
    }
}
