using System.Text.Json.Nodes;
using Lxd.Core;
using Lxd.Daemon.Http;
using Lxd.Daemon.Store;

namespace Lxd.Daemon.Hosting;

/// <summary><c>/internal/sql</c>: an administrator's look into the databases.</summary>
internal sealed class SqlEndpoints(Databases databases)
{
    public void Map(Router router)
    {
        router.Map("GET", "/internal/sql", Access.Local, DumpAsync);
        router.Map("POST", "/internal/sql", Access.Local, QueryAsync);
    }

    private async Task<Response> DumpAsync(Request request, CancellationToken ct) =>
        Response.Sync((JsonNode)new JsonObject { ["text"] = await Find(request.Query("database")).DumpAsync(request.Query("schema") == "1", ct).ConfigureAwait(false) });

    private async Task<Response> QueryAsync(Request request, CancellationToken ct)
    {
        var body = await request.ObjectAsync(ct).ConfigureAwait(false);
        var database = Find((string?)body["database"] ?? "");
        var results = new JsonArray();
        foreach (var query in SqlText.Split((string?)body["query"] ?? ""))
        {
            if (query == ".sync")
            {
                await database.SyncAsync(ct).ConfigureAwait(false);
                continue;
            }

            try
            {
                results.Add(SqlText.Asks(query) ? await SelectAsync(database, query, ct).ConfigureAwait(false) : await ChangeAsync(database, query, ct).ConfigureAwait(false));
            }
            catch (Exception e) when (e is Microsoft.Data.Sqlite.SqliteException or DuplicateRowException)
            {
                throw ApiException.BadRequest($"Failed to execute query: {e.Message}", e);
            }
        }

        return Response.Sync((JsonNode)new JsonObject { ["results"] = results });
    }

    private static Task<JsonNode> SelectAsync(IDatabase database, string query, CancellationToken ct) => database.ReadAsync<JsonNode>(async tx =>
    {
        var columns = new List<string>();
        var rows = await tx.QueryAsync(query, r =>
        {
            if (columns.Count == 0)
            {
                columns.AddRange(Enumerable.Range(0, r.Count).Select(r.Column));
            }

            return new JsonArray([.. Enumerable.Range(0, r.Count).Select(i => r.Value(i) switch
            {
                null => null,
                long number => (JsonNode)JsonValue.Create(number),
                double real => JsonValue.Create(real),
                byte[] blob => JsonValue.Create(Convert.ToHexString(blob)),
                var other => JsonValue.Create(other.ToString()),
            })]);
        }).ConfigureAwait(false);
        return new JsonObject { ["type"] = "select", ["columns"] = new JsonArray([.. columns.Select(c => (JsonNode)JsonValue.Create(c))]), ["rows"] = new JsonArray([.. rows]), ["rows_affected"] = 0 };
    }, ct);

    private static Task<JsonNode> ChangeAsync(IDatabase database, string query, CancellationToken ct) => database.WriteAsync<JsonNode>(async tx =>
    {
        var changed = await tx.ExecAsync(query).ConfigureAwait(false);
        return new JsonObject { ["type"] = "exec", ["columns"] = null, ["rows"] = null, ["rows_affected"] = changed.Rows };
    }, ct);

    private IDatabase Find(string name) => name switch
    {
        "local" => databases.Local,
        "global" => databases.Global,
        _ => throw ApiException.BadRequest($"Invalid database \"{name}\""),
    };
}
