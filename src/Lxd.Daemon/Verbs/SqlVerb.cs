using System.Globalization;
using System.Text.Json.Nodes;
using Lxd.Client;
using Lxd.Core;
using Lxd.Daemon.Hosting;

namespace Lxd.Daemon.Verbs;

/// <summary><c>sql local|global QUERY</c>: statements, or <c>.dump</c>, <c>.schema</c>, <c>.sync</c>; <c>-</c> reads them from standard input.</summary>
internal static class SqlVerb
{
    public static async Task<int> RunAsync(DaemonOptions options, VerbArguments arguments)
    {
        if (arguments.Rest.Count != 2)
        {
            throw new ApiException(0, "Usage: lxd sql <local|global> <query>");
        }

        var (database, query) = (arguments.Rest[0], arguments.Rest[1]);
        if (database is not ("local" or "global"))
        {
            throw new ApiException(0, "Invalid database type");
        }

        query = query == "-" ? await Console.In.ReadToEndAsync().ConfigureAwait(false) : query;
        if (query.Trim().Length == 0)
        {
            throw new ApiException(0, "No query provided");
        }

        var format = arguments.Get("--format", "table");
        SqlTable.Check(format);
        using var daemon = LxdConnection.Unix(options.Socket);
        if (query is ".dump" or ".schema")
        {
            var dump = await daemon.GetAsync($"/internal/sql?database={database}&schema={(query == ".schema" ? 1 : 0)}", CancellationToken.None).ConfigureAwait(false);
            await Console.Out.WriteAsync((string?)dump?["text"] ?? "").ConfigureAwait(false);
            return 0;
        }

        var answer = await daemon.SendAsync("POST", "/internal/sql", new JsonObject { ["database"] = database, ["query"] = query }, CancellationToken.None).ConfigureAwait(false);
        var results = answer.Metadata?["results"] as JsonArray ?? [];
        for (var i = 0; i < results.Count; i++)
        {
            if (results.Count > 1)
            {
                await Console.Out.WriteLineAsync($"=> Query {i.ToString(CultureInfo.InvariantCulture)}:\n").ConfigureAwait(false);
            }

            await Console.Out.WriteAsync(SqlTable.Render(results[i]!, format)).ConfigureAwait(false);
        }

        return 0;
    }
}
