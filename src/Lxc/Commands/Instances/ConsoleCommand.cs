using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using Lxc.Framework;
using Lxc.Terminal;
using Lxd.Client;
using Lxd.Core;
using Lxd.Core.Api;

namespace Lxc.Commands.Instances;

/// <summary><c>console</c>.</summary>
internal static class ConsoleCommand
{
    public static Command Make() => new("console", "[<remote>:]<instance>", "Attach to instance consoles", RunAsync)
    {
        Flags = [new("--show-log", Help: "Show what the console said so far"), new("--type", "-t", "type", "console, or vga of virtual machines") { Default = "console" }],
        Count = (1, 1), Hints = [Hint.Instance],
        Long = "Detach from it with <ctrl>+a q.",
    };

    private static async Task<int> RunAsync(Context context, Arguments arguments)
    {
        var type = arguments.Get("--type", "console");
        if (type is not ("console" or "vga"))
        {
            throw new ApiException(0, $"Unknown output type \"{type}\"");
        }

        if (!arguments.Has("--show-log"))
        {
            return await AttachAsync(context, arguments.Rest[0], type).ConfigureAwait(false);
        }

        if (type != "console")
        {
            throw new ApiException(0, "The --show-log flag is only supported for by 'console' output type");
        }

        var (server, name) = context.Resolve(arguments.Rest[0]);
        using var log = await server.RawAsync("GET", InstanceCommands.PathOf(name) + "/console", null, context.Cancel).ConfigureAwait(false);
        await context.Out.WriteAsync("\nConsole log:\n\n" + await log.Content.ReadAsStringAsync(context.Cancel).ConfigureAwait(false) + "\n").ConfigureAwait(false);
        return 0;
    }

    /// <param name="text">The instance, as an argument names it.</param>
    public static async Task<int> AttachAsync(Context context, string text, string type)
    {
        var (server, name) = context.Resolve(text);
        var instance = await server.GetAsync<Instance>(InstanceCommands.PathOf(name), context.Cancel).ConfigureAwait(false);
        if (type == "vga")
        {
            throw new ApiException(0, instance.Type == "virtual-machine" ? "VGA consoles need a SPICE client, which this client cannot start yet" : "VGA console is only supported by virtual machines");
        }

        await context.Out.WriteAsync("To detach from the console, press: <ctrl>+a q\n\r").ConfigureAwait(false);
        await context.Out.FlushAsync(context.Cancel).ConfigureAwait(false);
        var (width, height) = RawMode.Size();
        using var raw = Console.IsInputRedirected ? null : RawMode.Enter();
        using var input = Console.OpenStandardInput();
        using var output = Console.OpenStandardOutput();
        using var left = CancellationTokenSource.CreateLinkedTokenSource(context.Cancel);
        await using var keys = new EscapeStream(input, left);
        var console = new ExecClient(server);
        using var resized = PosixSignalRegistration.Create(PosixSignal.SIGWINCH, _ => Forward(console.ResizeAsync(RawMode.Size().Width, RawMode.Size().Height, CancellationToken.None)));
        try
        {
            await console.RunAsync(InstanceCommands.PathOf(name) + "/console", new JsonObject { ["width"] = width, ["height"] = height, ["type"] = type }, keys, output, output, left.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!context.Cancel.IsCancellationRequested)
        {
            // Detached by the user.
        }

        return 0;
    }

    private static async void Forward(Task sending)
    {
        try
        {
            await sending.ConfigureAwait(false);
        }
        catch (Exception e) when (e is System.Net.WebSockets.WebSocketException or ObjectDisposedException or InvalidOperationException)
        {
            // The console ended first.
        }
    }
}
