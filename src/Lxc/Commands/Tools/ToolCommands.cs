using Lxc.Framework;
using Lxd.Core;
using Lxd.Core.Api;

namespace Lxc.Commands.Tools;

/// <summary>The small ones right below <c>lxc</c>.</summary>
internal static class ToolCommands
{
    public static IEnumerable<Command> All() =>
    [
        QueryCommand.Make(),
        MonitorCommand.Make(),
        ManpageCommand.Make(),
        new("version", "[<remote>:]", "Show local and remote versions", VersionAsync) { Count = (0, 1), Hints = [Hint.Remote] },
        new("help", "[command]", "Help about any command", (_, _) => Task.FromResult(0)) { Hints = [Hint.Command] },
    ];

    private static async Task<int> VersionAsync(Context context, Arguments arguments)
    {
        var server = "unreachable";
        try
        {
            var (connection, _) = context.Resolve(arguments.At(0));
            server = (await connection.GetAsync<Server>("/1.0", context.Cancel).ConfigureAwait(false)).Environment.ServerVersion;
        }
        catch (ApiException e) when (e.Status == 0 && arguments.Rest.Count == 0)
        {
            // Told as unreachable.
        }

        await context.Out.WriteAsync($"Client version: {CommandLine.Version}\nServer version: {server}\n").ConfigureAwait(false);
        return 0;
    }
}
