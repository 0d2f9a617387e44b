using System.Text.Json.Nodes;
using Lxc.Framework;
using Lxc.Terminal;
using Lxd.Client;
using Lxd.Core;
using Lxd.Core.Api;

namespace Lxc.Commands;

/// <summary><c>console</c>.</summary>
internal static class ConsoleCommand
{
    public static Command Make() => new("console", "[<remote>:]<instance>", "Attach to instance consoles", RunAsync)
    {
        Flags = [new("--show-log", Help: "Show what the console said so far"), new("--type", "-t", "type", "console or vga")],
        Count = (1, 1),
    };

    private static async Task<int> RunAsync(Context context, Arguments arguments)
    {
        var (server, name) = context.Resolve(arguments.Rest[0]);
        var path = InstanceCommands.PathOf(name) + "/console";
        if (arguments.Has("--show-log"))
        {
            using var log = await server.RawAsync("GET", path, null, context.Cancel).ConfigureAwait(false);
            await context.Out.WriteAsync("\nConsole log:\n\n" + await log.Content.ReadAsStringAsync(context.Cancel).ConfigureAwait(false) + "\n").ConfigureAwait(false);
            return 0;
        }

        if (arguments.Get("--type") == "vga" && (await server.GetAsync<Instance>(InstanceCommands.PathOf(name), context.Cancel).ConfigureAwait(false)).Type != "virtual-machine")
        {
            throw new ApiException(0, "VGA console is only supported by virtual machines");
        }

        await context.Out.WriteAsync("To detach from the console, press: <ctrl>+a q\n\r").ConfigureAwait(false);
        await context.Out.FlushAsync(context.Cancel).ConfigureAwait(false);
        var (width, height) = RawMode.Size();
        using var raw = Console.IsInputRedirected ? null : RawMode.Enter();
        using var input = Console.OpenStandardInput();
        using var output = Console.OpenStandardOutput();
        using var left = CancellationTokenSource.CreateLinkedTokenSource(context.Cancel);
        await using var keys = new EscapeStream(input, left);
        try
        {
            await new ExecClient(server).RunAsync(path, new JsonObject { ["width"] = width, ["height"] = height, ["type"] = arguments.Get("--type", "console") }, keys, output, output, left.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!context.Cancel.IsCancellationRequested)
        {
            // Detached by the user.
        }

        return 0;
    }
}
