using System.Text.Json.Nodes;
using Lxc.Commands.Images;
using Lxc.Commands.Shared;
using Lxc.Framework;
using Lxd.Core;
using Lxd.Core.Api;

namespace Lxc.Commands.Instances;

/// <summary><c>rebuild</c>.</summary>
internal static class RebuildCommand
{
    public static Command Make() => new("rebuild", "[<remote>:]<image> [<remote>:]<instance>", "Replace an instance's root disk by an image, or empty it", RunAsync)
    {
        Flags = [new("--empty", Help: "Leave it empty"), new("--force", "-f", Help: "Stop the instance first, and start it again"), new("--target-project", Value: "project", Help: "The instance's project")],
        Count = (1, 2), Hints = [Hint.Image, Hint.Instance],
    };

    private static async Task<int> RunAsync(Context context, Arguments arguments)
    {
        var empty = arguments.Has("--empty");
        if (empty && arguments.Rest.Count > 1)
        {
            throw new ApiException(0, "--empty cannot be combined with an image name");
        }

        if (!empty && arguments.Rest.Count < 2)
        {
            throw new UsageException("Missing instance name");
        }

        var (remote, name) = context.Config.Split(arguments.Rest[^1]);
        var server = context.Server(remote);
        var query = Remoting.Query(("project", arguments.Get("--target-project")));
        var url = $"/1.0/instances/{Uri.EscapeDataString(name)}";
        var running = (await server.GetAsync<Instance>(url + query, context.Cancel).ConfigureAwait(false)).StatusCode == 103;
        if (running)
        {
            if (!arguments.Has("--force"))
            {
                throw new ApiException(0, "The instance is running and must be stopped first, or use --force");
            }

            await StateCommands.ChangeAsync(server, name, "stop", context.Cancel, force: true, query: query).ConfigureAwait(false);
        }

        var source = empty ? new(new JsonObject { ["type"] = "none" }, []) : await ImageSources.ForInstanceAsync(context, arguments.Rest[0], remote, query.Length > 0, context.Cancel).ConfigureAwait(false);
        var progress = context.Progress;
        await source.RunAsync(server, "POST", $"{url}/rebuild{query}", [], progress.Of("Rebuilding instance"), context.Cancel).ConfigureAwait(false);
        progress.Done();
        if (running)
        {
            await StateCommands.ChangeAsync(server, name, "start", context.Cancel, query: query).ConfigureAwait(false);
        }

        return 0;
    }
}
