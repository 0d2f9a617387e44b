using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using Lxc.Framework;
using Lxc.Terminal;
using Lxd.Client;
using Lxd.Core;

namespace Lxc.Commands.Instances;

/// <summary><c>exec</c>.</summary>
internal static class ExecCommand
{
    public static Command Make() => new("exec", "[<remote>:]<instance> [flags] [--] <command line>", "Execute commands in instances", RunAsync)
    {
        Count = (2, -1),
        Hints = [Hint.RunningInstance, Hint.None],
        Long = "Flags of the command itself go after --: without it they are taken for flags of lxc.\n\nThe command runs as it is, without a shell: for variables, pipes and patterns run one:\n\n  lxc exec <instance> -- sh -c \"cd /tmp && pwd\"\n\nWhere standard input and output are both terminals the command gets one of its own, elsewhere plain streams.",
        Flags =
        [
            new("--cwd", Value: "directory", Help: "Working directory"), new("--disable-stdin", "-n", Help: "No standard input"), new("--env", Value: "key=value", Help: "Set a variable, may be repeated"), new("--force-interactive", "-t", Help: "With a terminal"),
            new("--force-noninteractive", "-T", Help: "Without a terminal"), new("--group", Value: "id", Help: "Group to run as") { Number = true, Default = "0" }, new("--mode", Value: "mode", Help: "auto, interactive or non-interactive") { Default = "auto" },
            new("--user", Value: "id", Help: "User to run as") { Number = true, Default = "0" },
        ],
    };

    private static async Task<int> RunAsync(Context context, Arguments arguments)
    {
        if (arguments.Has("--force-interactive") && arguments.Has("--force-noninteractive"))
        {
            throw new ApiException(0, "You can't pass -t and -T at the same time");
        }

        if (arguments.Given("--mode") && arguments.Get("--mode") != "auto" && (arguments.Has("--force-interactive") || arguments.Has("--force-noninteractive")))
        {
            throw new ApiException(0, "You can't pass -t or -T at the same time as --mode");
        }

        var (server, name) = context.Resolve(arguments.Rest[0]);
        var interactive = IsInteractive(arguments);
        var exec = new ExecClient(server);
        using var raw = interactive && !Console.IsInputRedirected ? RawMode.Enter() : null;
        using var resized = interactive ? PosixSignalRegistration.Create(PosixSignal.SIGWINCH, _ => Forward(exec.ResizeAsync(RawMode.Size().Width, RawMode.Size().Height, CancellationToken.None))) : null;
        using var interrupted = interactive ? null : Pass(PosixSignal.SIGINT, 2, exec);
        using var hungUp = Pass(PosixSignal.SIGHUP, 1, exec);
        using var quit = interactive ? null : Pass(PosixSignal.SIGQUIT, 3, exec);
        using var terminated = Pass(PosixSignal.SIGTERM, 15, exec);
        using var input = arguments.Has("--disable-stdin") ? Stream.Null : Console.OpenStandardInput();
        using var output = Console.OpenStandardOutput();
        using var error = Console.OpenStandardError();
        try
        {
            var operation = await exec.RunAsync(InstanceCommands.PathOf(name) + "/exec", Request(arguments, interactive), input, output, error, CancellationToken.None).ConfigureAwait(false);
            return (int?)operation.Metadata?["return"] ?? 0;
        }
        catch (ApiException e) when (e.Message is "Command not found" or "Command not executable")
        {
            raw?.Dispose();
            await context.Err.WriteLineAsync($"Error: {e.Message}").ConfigureAwait(false);
            return e.Message == "Command not found" ? 127 : 126;
        }
    }

    /// <summary>Whether the command gets a terminal; standard error decides nothing.</summary>
    private static bool IsInteractive(Arguments arguments) => arguments.Get("--mode", "auto") switch
    {
        _ when arguments.Has("--force-interactive") => true,
        _ when arguments.Has("--force-noninteractive") => false,
        "interactive" => true,
        "non-interactive" => false,
        "auto" => !Console.IsInputRedirected && !Console.IsOutputRedirected,
        var mode => throw new ApiException(0, $"Unknown interactivity mode: {mode}"),
    };

    private static JsonObject Request(Arguments arguments, bool interactive)
    {
        var environment = new JsonObject();
        foreach (var pair in arguments.All("--env"))
        {
            // A name alone is the variable with nothing in it.
            var equals = pair.IndexOf('=');
            environment[equals < 0 ? pair : pair[..equals]] = equals < 0 ? "" : pair[(equals + 1)..];
        }

        if (interactive && Environment.GetEnvironmentVariable("TERM") is { Length: > 0 } term && !environment.ContainsKey("TERM"))
        {
            environment["TERM"] = term;
        }

        var (width, height) = interactive ? RawMode.Size() : (0, 0);
        return new JsonObject
        {
            ["command"] = InstanceRequest.List(arguments.Rest.Skip(1)),
            ["wait-for-websocket"] = true,
            ["interactive"] = interactive,
            ["environment"] = environment,
            ["width"] = width,
            ["height"] = height,
            ["user"] = uint.Parse(arguments.Get("--user", "0"), CultureInfo.InvariantCulture),
            ["group"] = uint.Parse(arguments.Get("--group", "0"), CultureInfo.InvariantCulture),
            ["cwd"] = arguments.Get("--cwd"),
        };
    }

    private static PosixSignalRegistration Pass(PosixSignal signal, int number, ExecClient exec) => PosixSignalRegistration.Create(signal, c =>
    {
        c.Cancel = true;
        Forward(exec.SignalAsync(number, CancellationToken.None));
    });

    private static async void Forward(Task sending)
    {
        try
        {
            await sending.ConfigureAwait(false);
        }
        catch (Exception e) when (e is System.Net.WebSockets.WebSocketException or ObjectDisposedException or InvalidOperationException)
        {
            // The command ended first.
        }
    }
}
