using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using Lxc.Framework;
using Lxc.Terminal;
using Lxd.Client;
using Lxd.Core;

namespace Lxc.Commands;

/// <summary><c>exec</c>.</summary>
internal static class ExecCommand
{
    public static Command Make() => new("exec", "[<remote>:]<instance> [flags] [--] <command line>", "Execute commands in instances", RunAsync)
    {
        StopAtRest = true,
        Count = (2, -1),
        Flags =
        [
            new("--cwd", Value: "directory", Help: "Working directory"), new("--disable-stdin", "-n", Help: "No standard input"), new("--env", Value: "key=value", Help: "Set a variable"), new("--force-interactive", "-t", Help: "With a terminal"),
            new("--force-noninteractive", "-T", Help: "Without a terminal"), new("--group", Value: "id", Help: "Group to run as"), new("--mode", Value: "mode", Help: "auto, interactive or non-interactive"), new("--user", Value: "id", Help: "User to run as"),
        ],
    };

    private static async Task<int> RunAsync(Context context, Arguments arguments)
    {
        var (server, name) = context.Resolve(arguments.Rest[0]);
        var mode = arguments.Get("--mode", "auto");
        var interactive = mode switch
        {
            _ when arguments.Has("--force-interactive") => true,
            _ when arguments.Has("--force-noninteractive") => false,
            "interactive" => true,
            "non-interactive" => false,
            "auto" => !Console.IsInputRedirected && !Console.IsOutputRedirected,
            _ => throw new ApiException(0, $"Unknown interactivity mode: {mode}"),
        };
        var environment = new JsonObject(arguments.Map("--env").Select(e => KeyValuePair.Create(e.Key, (JsonNode?)JsonValue.Create(e.Value))));
        if (interactive && Environment.GetEnvironmentVariable("TERM") is { Length: > 0 } term && !environment.ContainsKey("TERM"))
        {
            environment["TERM"] = term;
        }

        var (width, height) = interactive ? RawMode.Size() : (0, 0);
        var request = new JsonObject
        {
            ["command"] = new JsonArray([.. arguments.Rest.Skip(1).SkipWhile((w, i) => i == 0 && w == "--").Select(w => (JsonNode)JsonValue.Create(w))]),
            ["wait-for-websocket"] = true,
            ["interactive"] = interactive,
            ["environment"] = environment,
            ["width"] = width,
            ["height"] = height,
            ["user"] = uint.TryParse(arguments.Get("--user"), out var uid) ? uid : 0,
            ["group"] = uint.TryParse(arguments.Get("--group"), out var gid) ? gid : 0,
            ["cwd"] = arguments.Get("--cwd"),
        };
        var exec = new ExecClient(server);
        using var raw = interactive && !Console.IsInputRedirected ? RawMode.Enter() : null;
        using var resized = interactive ? PosixSignalRegistration.Create(PosixSignal.SIGWINCH, _ => Forward(exec.ResizeAsync(RawMode.Size().Width, RawMode.Size().Height, CancellationToken.None))) : null;
        using var interrupted = interactive ? null : Pass(PosixSignal.SIGINT, 2, exec);
        using var terminated = Pass(PosixSignal.SIGTERM, 15, exec);
        using var input = arguments.Has("--disable-stdin") ? Stream.Null : Console.OpenStandardInput();
        using var output = Console.OpenStandardOutput();
        using var error = Console.OpenStandardError();
        var operation = await exec.RunAsync(InstanceCommands.PathOf(name) + "/exec", request, input, output, error, CancellationToken.None).ConfigureAwait(false);
        return (int?)operation.Metadata?["return"] ?? 0;
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
