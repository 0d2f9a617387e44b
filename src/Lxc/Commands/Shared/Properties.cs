using System.Globalization;
using System.Text.Json.Nodes;
using Lxd.Core;

namespace Lxc.Commands.Shared;

/// <summary>Members of a thing as text (<c>--property</c>).</summary>
internal static class Properties
{
    public static string Show(JsonObject thing, string name)
    {
        var key = Key(name);
        return thing.ContainsKey(key) ? Text(key, thing[key]) : throw new ApiException(0, $"The property \"{name}\" does not exist");
    }

    /// <summary>Sets a member of its own kind: a switch, a number, a time, a text.</summary>
    /// <param name="value">Empty for what holds where nothing is said.</param>
    public static void Set(JsonObject thing, string name, string value, Shape shape)
    {
        var key = Key(name);
        if (!shape.Editable.Contains(key) || thing[key] is JsonObject or JsonArray)
        {
            throw new ApiException(0, $"The property \"{name}\" cannot be set");
        }

        thing[key] = thing[key] switch
        {
            JsonValue old when old.TryGetValue<bool>(out _) => value.ToLowerInvariant() is var text && text is "true" or "1" or "yes" or "on",
            JsonValue old when old.TryGetValue<long>(out _) => long.TryParse(value.Length == 0 ? "0" : value, CultureInfo.InvariantCulture, out var number) ? number : throw new ApiException(0, $"Invalid value for the property \"{name}\": {value}"),
            _ when IsTime(key) => value.Length == 0 ? GoTime.Format(default) : value,
            _ => value,
        };
    }

    private static string Key(string name) => name.Replace('-', '_');

    private static bool IsTime(string key) => key.EndsWith("_at", StringComparison.Ordinal);

    private static string Text(string key, JsonNode? value) => value switch
    {
        JsonArray list => $"[{string.Join(' ', list.Select(i => Text("", i)))}]",
        JsonObject map => $"map[{string.Join(' ', map.OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => $"{p.Key}:{Text("", p.Value)}"))}]",
        JsonValue flag when flag.TryGetValue<bool>(out var on) => on ? "true" : "false",
        _ when IsTime(key) => Time(value?.ToString() ?? ""),
        _ => value?.ToString() ?? "",
    };

    /// <summary><c>2026-01-31 12:00:00 +0000 UTC</c>; with another offset the offset stands for the zone's name too.</summary>
    private static string Time(string text)
    {
        var at = text.IndexOf('T');
        if (at < 0)
        {
            return text;
        }

        var zone = text.EndsWith('Z') ? text.Length - 1 : text.LastIndexOfAny(['+', '-']);
        if (zone <= at)
        {
            return text;
        }

        var offset = text[zone..].Replace(":", "", StringComparison.Ordinal);
        return $"{text[..at]} {text[(at + 1)..zone]} {(offset is "Z" or "+0000" ? "+0000 UTC" : $"{offset} {offset}")}";
    }
}
