using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Lxd.Daemon.Acme;

/// <summary>What an authority answered.</summary>
/// <param name="Location">Where the thing is that was made; empty where none was.</param>
/// <param name="RetryAfter">How long it wants to be left alone.</param>
internal sealed record AcmeAnswer(HttpStatusCode Status, string Body, string Location, TimeSpan? RetryAfter)
{
    public JsonObject Json => Parse(Body) ?? throw new AcmeException("The certificate authority answered with no JSON object");

    public string Text(string name) => Text(Json, name);

    /// <summary>A text of an object that a stranger made; empty for what is missing or no text.</summary>
    public static string Text(JsonObject? map, string name) => map?[name] is JsonValue value && value.TryGetValue<string>(out var text) ? text : "";

    public static JsonObject? Parse(string body)
    {
        try
        {
            return JsonNode.Parse(body) is JsonObject map && Holds(map) ? map : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or ArgumentException)
        {
            return null;
        }
    }

    /// <summary>Objects are read lazily: one that has a name twice throws only when it is looked into.</summary>
    private static bool Holds(JsonObject map) => map.Count >= 0;

    public static async Task<AcmeAnswer> ReadAsync(HttpResponseMessage response, CancellationToken ct)
    {
        var body = Encoding.UTF8.GetString(await response.Content.ReadAsByteArrayAsync(ct).ConfigureAwait(false));
        var location = response.Headers.Location is { } there ? new Uri(response.RequestMessage!.RequestUri!, there).AbsoluteUri : "";
        var after = response.Headers.RetryAfter;
        return new AcmeAnswer(response.StatusCode, body, location, after?.Delta ?? after?.Date - DateTimeOffset.UtcNow);
    }
}
