using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;
using Lxc.Framework;
using Lxc.Output;
using Lxc.Terminal;
using Lxd.Client;
using Lxd.Core;
using Lxd.Core.Api;

namespace Lxc.Commands;

/// <summary>The small ones: <c>alias</c>, <c>query</c>, <c>monitor</c>, <c>operation</c>, <c>version</c>, <c>help</c>.</summary>
internal static class OtherCommands
{
    private static readonly Flag Format = new("--format", "-f", "format", "table, compact, csv, json or yaml");

    public static IEnumerable<Command> All() =>
    [
        new("alias add", "<alias> <target>", "Add new aliases", (c, a) => Save(c, () => c.Config.Aliases[a.Rest[0]] = c.Config.Aliases.ContainsKey(a.Rest[0]) ? throw new ApiException(0, $"Alias {a.Rest[0]} already exists") : a.Rest[1])) { Count = (2, 2) },
        new("alias remove", "<alias>", "Remove aliases", (c, a) => Save(c, () => _ = c.Config.Aliases.Remove(a.Rest[0]) ? true : throw new ApiException(0, $"Alias {a.Rest[0]} doesn't exist"))) { Aliases = ["rm"], Count = (1, 1) },
        new("alias rename", "<old alias> <new alias>", "Rename aliases", (c, a) => Save(c, () =>
        {
            var target = c.Config.Aliases.GetValueOrDefault(a.Rest[0]) ?? throw new ApiException(0, $"Alias {a.Rest[0]} doesn't exist");
            c.Config.Aliases[a.Rest[1]] = c.Config.Aliases.ContainsKey(a.Rest[1]) ? throw new ApiException(0, $"Alias {a.Rest[1]} already exists") : target;
            c.Config.Aliases.Remove(a.Rest[0]);
        }))
        { Aliases = ["mv"], Count = (2, 2) },
        new("alias list", "", "List aliases", async (c, a) =>
        {
            await c.Out.WriteAsync(Table.Render(a.Get("--format", "table"), ["ALIAS", "TARGET"], c.Config.Aliases.Select(x => (IReadOnlyList<string>)[x.Key, x.Value]), new JsonObject(c.Config.Aliases.Select(x => KeyValuePair.Create(x.Key, (JsonNode?)JsonValue.Create(x.Value)))))).ConfigureAwait(false);
            return 0;
        })
        { Aliases = ["ls"], Flags = [Format], Count = (0, 0) },
        new("query", "[<remote>:]<API path>", "Send a raw query to the server", QueryAsync) { Flags = [new("--data", "-d", "json", "Body of the request"), new("--request", "-X", "method", "Method of the request"), new("--raw", Help: "Show the whole answer"), new("--wait", Help: "Wait for the operation to end")], Count = (1, 1) },
        new("monitor", "[<remote>:]", "Monitor a local or remote server", MonitorAsync) { Flags = [new("--format", "-f", "format", "json, pretty or yaml"), new("--loglevel", Value: "level", Help: "Least level of log messages"), new("--pretty", Help: "Short lines"), new("--type", Value: "type", Help: "Type of event, may be repeated"), new("--all-projects", Help: "Of all projects")], Count = (0, 1) },
        new("operation list", "[<remote>:]", "List background operations", OperationsAsync) { Aliases = ["ls"], Flags = [Format, new("--all-projects", Help: "Of all projects")], Count = (0, 1) },
        new("operation list-children", "[<remote>:]<operation>", "List the parts of a background operation", ChildrenAsync) { Flags = [Format], Count = (1, 1) },
        new("operation show", "[<remote>:]<operation>", "Show details on a background operation", async (c, a) =>
        {
            var (server, id) = c.Resolve(a.Rest[0]);
            await c.Out.WriteAsync(Yaml.Format(await server.GetAsync($"/1.0/operations/{Uri.EscapeDataString(id)}", c.Cancel).ConfigureAwait(false))).ConfigureAwait(false);
            return 0;
        })
        { Count = (1, 1) },
        new("operation delete", "[<remote>:]<operation>", "Delete a background operation (will attempt to cancel)", async (c, a) =>
        {
            var (server, id) = c.Resolve(a.Rest[0]);
            await server.SendAsync("DELETE", $"/1.0/operations/{Uri.EscapeDataString(id)}", (JsonNode?)null, c.Cancel).ConfigureAwait(false);
            await c.Out.WriteLineAsync($"Operation {id} deleted").ConfigureAwait(false);
            return 0;
        })
        { Aliases = ["cancel", "rm"], Count = (1, 1) },
        new("version", "[<remote>:]", "Show local and remote versions", VersionAsync) { Count = (0, 1) },
        new("help", "[command]", "Help about any command", async (c, a) =>
        {
            var found = a.Rest.Count > 0 ? Registry.Find(a.Rest) : null;
            await c.Out.WriteAsync(found is var (command, _) ? Help.Of(command) : Help.Root(false)).ConfigureAwait(false);
            return 0;
        }),
    ];

    private static Task<int> Save(Context context, Action change)
    {
        change();
        context.Config.Save();
        return Task.FromResult(0);
    }

    private static async Task<int> QueryAsync(Context context, Arguments arguments)
    {
        var (remote, path) = context.Config.Split(arguments.Rest[0]);
        if (!path.StartsWith('/'))
        {
            throw new ApiException(0, "Query path must start with /");
        }

        var server = context.Server(remote);
        var data = arguments.Get("--data");
        data = data == "-" ? Input.ReadPiped() : data;
        JsonNode? body;
        try
        {
            body = data.Length > 0 ? JsonNode.Parse(data) : null;
        }
        catch (System.Text.Json.JsonException e)
        {
            throw new ApiException(0, $"The data is not JSON: {e.Message}", e);
        }

        using var content = body is null ? null : new ByteArrayContent(Json.Bytes(body)) { Headers = { ContentType = new("application/json") } };
        using var response = await server.RawAsync(arguments.Get("--request", "GET"), path, content, context.Cancel).ConfigureAwait(false);
        if (response.Content.Headers.ContentType?.MediaType is { } kind && kind != "application/json")
        {
            // A file: a log, an image, a template.
            await using var output = Console.OpenStandardOutput();
            await response.Content.CopyToAsync(output, context.Cancel).ConfigureAwait(false);
            return 0;
        }

        var answer = await LxdConnection.ReadAsync(response, context.Cancel).ConfigureAwait(false);
        var shown = arguments.Has("--raw") ? answer.Envelope : answer.Metadata;
        if (arguments.Has("--wait") && answer.Operation.Length > 0)
        {
            shown = Json.Node(await server.WaitAsync(answer, null, context.Cancel).ConfigureAwait(false));
        }

        if (shown is JsonValue text && text.TryGetValue<string>(out var plain))
        {
            await context.Out.WriteLineAsync(plain).ConfigureAwait(false);
        }
        else if (shown is not null && !(shown is JsonObject { Count: 0 } && !arguments.Has("--raw")))
        {
            await context.Out.WriteLineAsync(JsonText.Indent(shown)).ConfigureAwait(false);
        }

        return 0;
    }

    private static async Task<int> MonitorAsync(Context context, Arguments arguments)
    {
        var (server, _) = context.Resolve(arguments.Rest.FirstOrDefault(""));
        var format = arguments.Has("--pretty") ? "pretty" : arguments.Get("--format", "yaml");
        var query = arguments.All("--type") is { Count: > 0 } types ? "?type=" + string.Join(',', types) : "";
        query += arguments.Has("--all-projects") ? (query.Length > 0 ? "&" : "?") + "all-projects=true" : "";
        using var socket = await server.WebSocketAsync("/1.0/events" + query, context.Cancel).ConfigureAwait(false);
        var buffer = new byte[65536];
        using var text = new MemoryStream();
        while (true)
        {
            var frame = await socket.ReceiveAsync(buffer, context.Cancel).ConfigureAwait(false);
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
            await context.Out.WriteLineAsync(format switch
            {
                "json" => e.ToJsonString(Json.Options),
                "pretty" => $"{(string?)e["timestamp"]} [{(string?)e["type"]}] {(string?)e["metadata"]?["message"] ?? (string?)e["metadata"]?["action"] ?? (string?)e["metadata"]?["description"]} {(string?)e["metadata"]?["source"] ?? (string?)e["metadata"]?["status"]}",
                _ => Yaml.Format(e) + "\n",
            }).ConfigureAwait(false);
            await context.Out.FlushAsync(context.Cancel).ConfigureAwait(false);
        }
    }

    private static async Task<int> OperationsAsync(Context context, Arguments arguments)
    {
        var (server, _) = context.Resolve(arguments.Rest.FirstOrDefault(""));
        var groups = await server.GetAsync("/1.0/operations?recursion=1" + (arguments.Has("--all-projects") ? "&all-projects=true" : ""), context.Cancel).ConfigureAwait(false) as JsonObject ?? [];
        var all = groups.SelectMany(g => g.Value as JsonArray ?? []).Select(o => Json.Parse<Operation>(o)).OrderBy(o => o.CreatedAt).ToList();
        return await ShowAsync(context, arguments, all).ConfigureAwait(false);
    }

    private static async Task<int> ChildrenAsync(Context context, Arguments arguments)
    {
        var (server, id) = context.Resolve(arguments.Rest[0]);
        var whole = await server.GetAsync($"/1.0/operations/{Uri.EscapeDataString(id)}?recursion=1", context.Cancel).ConfigureAwait(false);
        return await ShowAsync(context, arguments, [.. (whole?["children"] as JsonArray ?? []).Select(o => Json.Parse<Operation>(o)).OrderBy(o => o.CreatedAt)]).ConfigureAwait(false);
    }

    private static async Task<int> ShowAsync(Context context, Arguments arguments, List<Operation> all)
    {
        await context.Out.WriteAsync(Table.Render(arguments.Get("--format", "table"), ["ID", "TYPE", "DESCRIPTION", "STATUS", "CANCELABLE", "CREATED", "CHILDREN"], all.Select(o => (IReadOnlyList<string>)[o.Id, o.Class.ToUpperInvariant(), o.Description, o.Status.ToUpperInvariant(), o.MayCancel ? "YES" : "NO", o.CreatedAt.ToString("yyyy/MM/dd HH:mm 'UTC'", System.Globalization.CultureInfo.InvariantCulture), o.ChildCount > 0 ? $"{o.ChildCount}" : ""]), Json.Node(all))).ConfigureAwait(false);
        return 0;
    }

    private static async Task<int> VersionAsync(Context context, Arguments arguments)
    {
        var server = "unreachable";
        try
        {
            var (connection, _) = context.Resolve(arguments.Rest.FirstOrDefault(""));
            server = (await connection.GetAsync<Lxd.Core.Api.Server>("/1.0", context.Cancel).ConfigureAwait(false)).Environment.ServerVersion;
        }
        catch (ApiException)
        {
            // Told as unreachable.
        }

        await context.Out.WriteAsync($"Client version: 6.9\nServer version: {server}\n").ConfigureAwait(false);
        return 0;
    }
}
