using System.Text.Json.Nodes;
using Lxc.Framework;
using Lxd.Core;
using Lxd.Core.Api;

namespace Lxc.Commands;

/// <summary><c>start</c>, <c>stop</c>, <c>restart</c>, <c>pause</c>.</summary>
internal static class StateCommands
{
    public static IEnumerable<Command> All() => [Make("start", "Start instances", "start"), Make("stop", "Stop instances", "stop"), Make("restart", "Restart instances", "restart"), Make("pause", "Pause instances", "freeze")];

    private static Command Make(string name, string help, string action) => new(name, "[<remote>:]<instance> [[<remote>:]<instance>...]", help, (c, a) => RunAsync(c, a, action))
    {
        Flags =
        [
            new("--all", Help: "All instances"),
            new("--force", "-f", Help: "Don't wait for a clean shutdown"),
            new("--timeout", Value: "seconds", Help: "How long a clean shutdown may take"),
            new("--stateless", Help: "Ignore a saved state"),
            new("--stateful", Help: "Save the state"),
            new("--console", Value: "type", Help: "Attach to the console at once"),
        ],
    };

    private static async Task<int> RunAsync(Context context, Arguments arguments, string action)
    {
        var names = arguments.Rest;
        if (arguments.Has("--all"))
        {
            if (names.Any(n => !n.EndsWith(':')))
            {
                throw new ApiException(0, "Both --all and instance name given");
            }

            var remotes = names.Count > 0 ? names.Select(n => n[..^1]).ToList() : [context.Config.Default];
            names = [];
            foreach (var remote in remotes)
            {
                var all = await context.Server(remote).GetAsync<List<Instance>>("/1.0/instances?recursion=1", context.Cancel).ConfigureAwait(false);
                names.AddRange(all.Where(i => action == "start" ? i.StatusCode == 102 : i.StatusCode is 103 or 110).Select(i => $"{remote}:{i.Name}"));
            }
        }
        else if (names.Count == 0)
        {
            throw new UsageException("Invalid number of arguments");
        }

        var failures = await Task.WhenAll(names.Select(n => OneAsync(context, arguments, action, n))).ConfigureAwait(false);
        var errors = failures.Where(f => f is not null).ToList();
        if (errors.Count == 0)
        {
            return 0;
        }

        if (names.Count == 1)
        {
            throw errors[0]!.Value.Error;
        }

        foreach (var error in errors)
        {
            await context.Err.WriteLineAsync($"error: {error!.Value.Name}: {error.Value.Error.Message}").ConfigureAwait(false);
        }

        throw new ApiException(0, $"Some instances failed to {(action == "freeze" ? "pause" : action)}");
    }

    private static async Task<(string Name, ApiException Error)?> OneAsync(Context context, Arguments arguments, string action, string text)
    {
        var (server, name) = context.Resolve(text);
        var path = $"/1.0/instances/{Uri.EscapeDataString(name)}";
        try
        {
            if (action == "start" && (await server.GetAsync<Instance>(path, context.Cancel).ConfigureAwait(false)).StatusCode == 110)
            {
                action = "unfreeze";
            }

            var body = new JsonObject { ["action"] = action, ["timeout"] = int.TryParse(arguments.Get("--timeout"), out var seconds) ? seconds : -1, ["force"] = arguments.Has("--force"), ["stateful"] = arguments.Has("--stateful") };
            await server.RunAsync("PUT", path + "/state", body, null, context.Cancel).ConfigureAwait(false);
            return null;
        }
        catch (ApiException e)
        {
            return (name, e.Status == 404 || action != "start" ? e : new ApiException(e.Status, $"{e.Message}\nTry `lxc info --show-log {text}` for more info", e));
        }
    }
}
