using System.Text.Json.Nodes;
using Lxc.Framework;
using Lxc.Output;
using Lxc.Terminal;
using Lxd.Client;
using Lxd.Core;

namespace Lxc.Commands.Tools;

/// <summary><c>query</c>.</summary>
internal static class QueryCommand
{
    public static Command Make() => new("query", "[<remote>:]<API path>", "Send a raw query to the server", RunAsync)
    {
        Flags = [new("--data", "-d", "json", "Body of the request; - for standard input"), new("--request", "-X", "method", "Method of the request") { Default = "GET" }, new("--raw", Help: "Show the whole answer"), new("--wait", Help: "Wait for the operation to end")],
        Count = (1, 1), Rarity = Rarity.Rare, Hints = [Hint.None],
        Examples = "lxc query -X DELETE --wait /1.0/instances/c1\n    Delete the instance c1 and wait until it is gone.",
    };

    private static async Task<int> RunAsync(Context context, Arguments arguments)
    {
        if (context.Project.Length > 0)
        {
            throw new ApiException(0, "--project cannot be used with the query command");
        }

        var (remote, path) = context.Config.Split(arguments.Rest[0]);
        if (!path.StartsWith('/'))
        {
            throw new ApiException(0, "Query path must start with /");
        }

        var server = context.Server(remote);
        var data = arguments.Get("--data") is "-" ? Input.ReadPiped() : arguments.Get("--data");
        using var content = data.Length == 0 ? null : new ByteArrayContent(Json.Bytes(Body(data))) { Headers = { ContentType = new("application/json") } };
        using var response = await server.RawAsync(arguments.Get("--request", "GET"), path, content, context.Cancel).ConfigureAwait(false);
        if (response.Content.Headers.ContentType?.MediaType is { } kind && kind != "application/json")
        {
            // A file: a log, an image, a template.
            await using var output = Console.OpenStandardOutput();
            await response.Content.CopyToAsync(output, context.Cancel).ConfigureAwait(false);
            return 0;
        }

        var answer = await LxdConnection.ReadAsync(response, context.Cancel).ConfigureAwait(false);
        if (arguments.Has("--wait") && answer.Operation.Length > 0)
        {
            var id = (string?)answer.Metadata?["id"] ?? answer.Operation.Split('?')[0].Split('/')[^1];
            var ended = await server.GetAsync($"/1.0/operations/{id}/wait", context.Cancel).ConfigureAwait(false);
            if ((int?)ended?["status_code"] is 400 or 401)
            {
                throw new ApiException((int?)ended!["err_code"] ?? 0, (string?)ended["err"] ?? "");
            }

            await ShowAsync(context, ended, arguments).ConfigureAwait(false);
            return 0;
        }

        await ShowAsync(context, arguments.Has("--raw") ? answer.Envelope : answer.Metadata, arguments).ConfigureAwait(false);
        return 0;
    }

    /// <summary>What is no JSON is sent as a text: the server says what it thinks of it.</summary>
    private static JsonNode Body(string data)
    {
        try
        {
            return JsonNode.Parse(data) ?? JsonValue.Create(data);
        }
        catch (System.Text.Json.JsonException)
        {
            return JsonValue.Create(data);
        }
    }

    private static async Task ShowAsync(Context context, JsonNode? shown, Arguments arguments)
    {
        if (shown is JsonValue text && text.TryGetValue<string>(out var plain))
        {
            await context.Out.WriteLineAsync(plain).ConfigureAwait(false);
        }
        else if (shown is not null && !(shown is JsonObject { Count: 0 } && !arguments.Has("--raw")))
        {
            await context.Out.WriteLineAsync(JsonText.Indent(shown)).ConfigureAwait(false);
        }
    }
}
