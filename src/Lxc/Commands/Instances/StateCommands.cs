using System.Text.Json.Nodes;
using Lxc.Framework;
using Lxd.Client;
using Lxd.Core;
using Lxd.Core.Api;

namespace Lxc.Commands.Instances;

/// <summary><c>start</c>, <c>stop</c>, <c>restart</c>, <c>pause</c>.</summary>
internal static class StateCommands
{
    private static readonly Flag All = new("--all", Help: "All instances");
    private static readonly Flag Force = new("--force", "-f", Help: "Don't wait for a clean shutdown");
    private static readonly Flag Timeout = new("--timeout", Value: "seconds", Help: "How long a clean shutdown may take") { Number = true, Default = "-1" };

    public static Flag Console { get; } = new("--console", Value: "type", Help: "Attach to the console at once") { Alone = "console" };

    public static IEnumerable<Command> Make() =>
    [
        Make("start", "Start instances", "start", [All, Console, new("--stateless", Help: "Ignore a saved state")], Hint.StoppedInstance),
        Make("stop", "Stop instances", "stop", [All, Console, Force, Timeout, new("--stateful", Help: "Save the running state")], Hint.RunningInstance),
        Make("restart", "Restart instances", "restart", [All, Console, Force, Timeout], Hint.RunningInstance),
        Make("pause", "Pause instances", "freeze", [All], Hint.RunningInstance, "freeze"),
    ];

    /// <summary>Starts one instance, or changes its state in another way, and waits.</summary>
    public static async Task ChangeAsync(LxdConnection server, string name, string action, CancellationToken ct, bool force = false, int timeout = -1, bool stateful = false, string query = "", Action<Operation>? progress = null)
    {
        var answer = await server.SendAsync("PUT", $"/1.0/instances/{Uri.EscapeDataString(name)}/state{query}", Body(action, force, timeout, stateful), ct).ConfigureAwait(false);
        try
        {
            await server.WaitAsync(answer, progress, ct).ConfigureAwait(false);
        }
        catch (ApiException e) when (action is "start" && e.Message != "The instance is already running")
        {
            throw new ApiException(e.Status, $"{e.Message}\nTry `lxc info --show-log {name}` for more info", e);
        }
    }

    private static Command Make(string name, string help, string action, Flag[] flags, Hint hint, params string[] aliases) => new(name, "[<remote>:]<instance> [[<remote>:]<instance>...]", help, (c, a) => RunAsync(c, a, name, action))
    {
        Flags = flags, Aliases = aliases, Hints = [hint], Rarity = name == "pause" ? Rarity.Rare : Rarity.Common,
    };

    private static JsonObject Body(string action, bool force, int timeout, bool stateful) => new() { ["action"] = action, ["timeout"] = timeout, ["force"] = force, ["stateful"] = stateful };

    private static async Task<int> RunAsync(Context context, Arguments arguments, string name, string action)
    {
        var console = arguments.Get("--console");
        if (arguments.Has("--all"))
        {
            if (arguments.Rest.Any(n => !n.EndsWith(':')))
            {
                throw new ApiException(0, "Both --all and instance name given");
            }

            if (console.Length > 0)
            {
                throw new ApiException(0, "--console can't be used with --all");
            }

            var remotes = arguments.Rest.Count > 0 ? arguments.Rest.Select(n => n[..^1]).ToList() : [context.Config.Default];
            foreach (var remote in remotes)
            {
                await AllAsync(context, arguments, remote, action).ConfigureAwait(false);
            }

            return 0;
        }

        if (arguments.Rest.Count == 0)
        {
            await context.Out.WriteAsync(Help.Of(Registry.For(name).First(c => c.Path == name))).ConfigureAwait(false);
            return 0;
        }

        if (console.Length > 0 && (arguments.Rest.Count != 1 || console is not ("console" or "vga")))
        {
            throw new ApiException(0, arguments.Rest.Count != 1 ? "--console only works with a single instance" : "Invalid console type: " + console);
        }

        var failures = (await Task.WhenAll(arguments.Rest.Select(n => OneAsync(context, arguments, action, n))).ConfigureAwait(false)).OfType<(string Name, ApiException Error)>().ToList();
        if (failures.Count == 0)
        {
            return console.Length > 0 ? await ConsoleCommand.AttachAsync(context, arguments.Rest[0], console).ConfigureAwait(false) : 0;
        }

        if (arguments.Rest.Count == 1)
        {
            throw failures[0].Error;
        }

        foreach (var failure in failures)
        {
            await context.Err.WriteLineAsync($"{failure.Name}: error: {failure.Error.Message}").ConfigureAwait(false);
        }

        throw new ApiException(0, $"Some instances failed to {name}");
    }

    /// <summary>All instances of a server in one request.</summary>
    private static async Task AllAsync(Context context, Arguments arguments, string remote, string action)
    {
        var body = new JsonObject { ["state"] = Body(action, arguments.Has("--force"), arguments.Int("--timeout", -1), Stateful(arguments, action)) };
        var operation = await context.Server(remote).RunAsync("PUT", "/1.0/instances", body, null, context.Cancel).ConfigureAwait(false);
        if (operation.Err.Length > 0)
        {
            throw new ApiException((int)operation.ErrCode, operation.Err);
        }
    }

    private static async Task<(string Name, ApiException Error)?> OneAsync(Context context, Arguments arguments, string action, string text)
    {
        var name = text;
        try
        {
            (var server, name) = context.Resolve(text);
            if (name.Length == 0)
            {
                throw new ApiException(0, $"Must supply instance name for: \"{text}\"");
            }

            if (action == "start")
            {
                var instance = await server.GetAsync<Instance>($"/1.0/instances/{Uri.EscapeDataString(name)}", context.Cancel).ConfigureAwait(false);
                action = instance.StatusCode == 110 ? "unfreeze" : action;
                await ChangeAsync(server, name, action, context.Cancel, stateful: !arguments.Has("--stateless") && instance.Stateful).ConfigureAwait(false);
                return null;
            }

            await ChangeAsync(server, name, action, context.Cancel, arguments.Has("--force"), arguments.Int("--timeout", -1), Stateful(arguments, action)).ConfigureAwait(false);
            return null;
        }
        catch (ApiException e)
        {
            return (name, e);
        }
    }

    private static bool Stateful(Arguments arguments, string action) => action == "stop" && arguments.Has("--stateful");
}
