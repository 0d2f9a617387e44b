using System.Net.WebSockets;
using System.Text.Json.Nodes;
using Lxc.Commands.Shared;
using Lxc.Framework;
using Lxc.Output;
using Lxd.Core;

namespace Lxc.Commands.Tools;

/// <summary><c>monitor</c>.</summary>
internal static class MonitorCommand
{
    private static readonly string[] Levels = ["trace", "debug", "info", "warning", "error", "fatal", "panic"];

    public static Command Make() => new("monitor", "[<remote>:]", "Monitor a local or remote server", RunAsync)
    {
        Flags = [Flags.AllProjects, new("--format", "-f", "format", "json, pretty or yaml") { Default = "yaml" }, new("--loglevel", Value: "level", Help: "Least level of log messages (only with pretty)"), new("--pretty", Help: "The same as --format pretty"), new("--type", Value: "type", Help: "Type of event: logging, lifecycle, operation, ovn or security; may be repeated")],
        Count = (0, 1), Rarity = Rarity.Rare, Hints = [Hint.Remote],
        Long = "Without --type events of all types are shown.",
        Examples = "lxc monitor --type=logging\n    Log messages only.\n\nlxc monitor --pretty --type=logging --loglevel=info\n    A readable log of messages of level info and above.\n\nlxc monitor --type=lifecycle\n    What happens to things.",
    };

    private static async Task<int> RunAsync(Context context, Arguments arguments)
    {
        var (server, name) = context.Resolve(arguments.At(0));
        if (name.Length > 0)
        {
            throw new ApiException(0, "Only a remote can be monitored");
        }

        var format = arguments.Has("--pretty") ? "pretty" : arguments.Get("--format", "yaml");
        if (format is not ("json" or "yaml" or "pretty"))
        {
            throw new ApiException(0, $"Invalid format: {format}");
        }

        var level = Level(arguments, format);
        var query = Remoting.Query(("type", string.Join(',', arguments.All("--type"))), Remoting.AllProjects(arguments));
        using var socket = await server.WebSocketAsync("/1.0/events" + query, context.Cancel).ConfigureAwait(false);
        var buffer = new byte[65536];
        using var text = new MemoryStream();
        while (true)
        {
            var frame = await socket.ReceiveAsync(buffer.AsMemory(), context.Cancel).ConfigureAwait(false);
            if (frame.MessageType == WebSocketMessageType.Close)
            {
                return 0;
            }

            text.Write(buffer, 0, frame.Count);
            if (!frame.EndOfMessage)
            {
                continue;
            }

            var e = JsonNode.Parse(text.ToArray())!;
            text.SetLength(0);
            if (format == "pretty" && EventText.LevelOf(e) is var own && Array.IndexOf(Levels, own) < level)
            {
                continue;
            }

            await context.Out.WriteLineAsync(format switch { "json" => e.ToJsonString(Json.Options), "pretty" => EventText.Of(e), _ => Yaml.Format(e) + "\n" }).ConfigureAwait(false);
            await context.Out.FlushAsync(context.Cancel).ConfigureAwait(false);
        }
    }

    private static int Level(Arguments arguments, string format)
    {
        if (arguments.Get("--loglevel") is not { Length: > 0 } given)
        {
            return 0;
        }

        if (format != "pretty")
        {
            throw new ApiException(0, "Log level filtering can only be used with pretty formatting");
        }

        var level = Array.IndexOf(Levels, given is "warn" ? "warning" : given.ToLowerInvariant());
        return level >= 0 ? level : throw new ApiException(0, $"not a valid log level: \"{given}\"");
    }
}
