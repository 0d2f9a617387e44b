using System.Globalization;

namespace Lxd.Daemon.Templates;

/// <summary>Values of the template language: texts, numbers, booleans, times, maps, lists, nothing.</summary>
internal static class TemplateValue
{
    public static string Text(object? value) => value switch
    {
        null => "",
        bool flag => flag ? "True" : "False",
        DateTime time => GoLayout.Format("2006-01-02 15:04:05 +0000 UTC", time),
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "",
    };

    public static bool IsTrue(object? value) => value switch
    {
        null => false,
        bool flag => flag,
        string text => text.Length > 0,
        long number => number != 0,
        System.Collections.ICollection list => list.Count > 0,
        _ => true,
    };

    /// <summary>A member of a map, nothing where there is none.</summary>
    public static object? Member(object? value, string name) => value is IReadOnlyDictionary<string, object?> map ? map.GetValueOrDefault(name) : null;

    public static bool Same(object? a, object? b) => a is long or null && b is long or null ? Equals(a, b) : Text(a) == Text(b);

    /// <summary>Applies a filter; an unknown one throws.</summary>
    public static object? Filter(object? value, string name, object? argument) => name switch
    {
        "default" => IsTrue(value) ? value : argument,
        "default_if_none" => value ?? argument,
        "lower" => Text(value).ToLowerInvariant(),
        "upper" => Text(value).ToUpperInvariant(),
        "capfirst" => Text(value) is { Length: > 0 } text ? char.ToUpperInvariant(text[0]) + text[1..] : "",
        "trim" => Text(value).Trim(),
        "safe" or "escape" or "force_escape" => value,
        "length" => value is System.Collections.ICollection list ? (long)list.Count : Text(value).Length,
        "wordcount" => (long)Text(value).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Length,
        "date" or "time" => value is DateTime time ? GoLayout.Format(Text(argument), time) : throw Core.ApiException.BadRequest($"Failed to render template: Filter \"{name}\" needs a time"),
        "add" => Joined([Text(value), Text(argument)], ""),
        "cut" => Text(argument) is { Length: > 0 } gone ? Text(value).Replace(gone, "", StringComparison.Ordinal) : value,
        "split" => Text(value).Split(Text(argument)).ToList(),
        "join" => value is IEnumerable<string> parts ? Joined([.. parts], Text(argument)) : value,
        "first" => value is IEnumerable<string> some ? some.FirstOrDefault() : Text(value) is { Length: > 0 } word ? word[..1] : "",
        "last" => value is IEnumerable<string> others ? others.LastOrDefault() : Text(value) is { Length: > 0 } end ? end[^1..] : "",
        _ => throw Core.ApiException.BadRequest($"Failed to render template: Unknown filter \"{name}\""),
    };

    /// <summary>Doubling a text again and again makes it larger than all memory.</summary>
    private static string Joined(List<string> parts, string between) =>
        parts.Sum(p => (long)p.Length + between.Length) <= Template.LargestResult ? string.Join(between, parts) : throw Core.ApiException.BadRequest("Failed to render template: It is too large");
}
