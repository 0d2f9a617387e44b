using System.Text.Json.Nodes;
using Lxd.Client;
using Lxd.Core;
using Lxd.Daemon.Hosting;

namespace Lxd.Daemon.Verbs.Init;

/// <summary><c>lxd init</c>: asks, takes flags or a preseed, and applies the answers through the API.</summary>
internal static class InitVerb
{
    private static readonly string[] Valued = ["--network-address", "--network-port", "--storage-backend", "--storage-create-device", "--storage-create-loop", "--storage-pool", "--trust-password"];

    public static async Task<int> RunAsync(DaemonOptions options, IEnumerable<string> words)
    {
        var arguments = VerbArguments.Parse(words, Valued, ["--auto", "--minimal", "--preseed", "--dump", "--ui-initial-access-link"]);
        if (arguments.Has("--auto") && arguments.Has("--preseed"))
        {
            throw new ApiException(0, "Can't use --auto and --preseed together");
        }

        if (!arguments.Has("--auto") && Valued.FirstOrDefault(v => arguments.Get(v).Length > 0) is { } flag)
        {
            throw new ApiException(0, $"Configuration flags require --auto ({flag})");
        }

        if (arguments.Has("--auto") && arguments.Get("--storage-backend") is "" or "dir" && arguments.Get("--storage-create-loop") + arguments.Get("--storage-create-device") + arguments.Get("--storage-pool") is { Length: > 0 } && arguments.Has("--auto"))
        {
            throw new ApiException(0, "None of --storage-pool, --storage-create-device or --storage-create-loop may be used with the 'dir' backend");
        }

        using var server = LxdConnection.Unix(options.Socket);
        if (arguments.Has("--dump"))
        {
            await Console.Out.WriteAsync(Yaml.Format((JsonNode)await InitDump.ReadAsync(server, CancellationToken.None).ConfigureAwait(false)) + "\n").ConfigureAwait(false);
            return 0;
        }

        if (arguments.Has("--ui-initial-access-link"))
        {
            await InitAccessLink.WriteAsync(server, Console.Out, CancellationToken.None).ConfigureAwait(false);
            return 0;
        }

        JsonObject preseed;
        if (arguments.Has("--preseed"))
        {
            var text = arguments.Rest.Count > 0 && arguments.Rest[0] != "-" ? await File.ReadAllTextAsync(arguments.Rest[0]).ConfigureAwait(false) : await Console.In.ReadToEndAsync().ConfigureAwait(false);
            preseed = Yaml.Parse(text) as JsonObject ?? throw new ApiException(0, "The preseed is no YAML map");
        }
        else if (arguments.Has("--auto") || arguments.Has("--minimal"))
        {
            preseed = await InitAuto.PlanAsync(server, arguments, CancellationToken.None).ConfigureAwait(false);
        }
        else
        {
            preseed = await new InitQuestions(server, Console.In, Console.Out).AskAsync(CancellationToken.None).ConfigureAwait(false);
        }

        await new InitApply(server).RunAsync(preseed, CancellationToken.None).ConfigureAwait(false);
        return 0;
    }
}
