using System.Text.Json;

namespace Lxd.Client.SimpleStreams;

/// <summary>Reads what a server sends, which may be anything: what has another form than it should is not there.</summary>
internal static class StreamJson
{
    /// <summary>The members of a map below an element; none where it is no map.</summary>
    public static IEnumerable<JsonProperty> Members(this JsonElement element, string key) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(key, out var map) && map.ValueKind == JsonValueKind.Object ? map.EnumerateObject() : [];

    public static string Text(this JsonElement element, string key) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(key, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() ?? "" : "";

    public static long Number(this JsonElement element, string key) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(key, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number) ? number : 0;
}
