using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Lxd.Core;

/// <summary>Writes JSON nodes as block-style YAML in the layout Go's yaml.v2 gives: lists not indented under their key, <c>{}</c> and <c>[]</c> for empty ones, <c>|</c> for texts of several lines.</summary>
internal sealed class YamlWriter
{
    private readonly StringBuilder _out = new();

    public override string ToString() => _out.ToString();

    public void Document(JsonNode? node)
    {
        if (node is JsonObject { Count: > 0 } map)
        {
            Map(map, 0);
        }
        else if (node is JsonArray { Count: > 0 } list)
        {
            List(list, 0);
        }
        else
        {
            _out.Append(Inline(node)).Append('\n');
        }
    }

    private void Map(JsonObject map, int indent, bool firstInline = false)
    {
        foreach (var (key, value) in map)
        {
            if (!firstInline)
            {
                _out.Append(' ', indent);
            }

            firstInline = false;
            _out.Append(Quote(key)).Append(':');
            if (key.EndsWith("_at", StringComparison.Ordinal) && value is JsonValue time && time.GetValueKind() == JsonValueKind.String && IsTime(time.GetValue<string>()))
            {
                // A time, not a text that looks like one.
                _out.Append(' ').Append(time.GetValue<string>()).Append('\n');
                continue;
            }

            Value(value, indent, indent);
        }
    }

    private void List(JsonArray list, int indent, bool firstInline = false)
    {
        foreach (var item in list)
        {
            if (!firstInline)
            {
                _out.Append(' ', indent);
            }

            firstInline = false;
            _out.Append('-');
            switch (item)
            {
                case JsonObject { Count: > 0 } map:
                    _out.Append(' ');
                    Map(map, indent + 2, true);
                    break;
                case JsonArray { Count: > 0 } nested:
                    _out.Append(' ');
                    List(nested, indent + 2, true);
                    break;
                default:
                    Value(item, indent, indent);
                    break;
            }
        }
    }

    private void Value(JsonNode? value, int indent, int listIndent)
    {
        switch (value)
        {
            case JsonObject { Count: > 0 } map:
                _out.Append('\n');
                Map(map, indent + 2);
                break;
            case JsonArray { Count: > 0 } list:
                _out.Append('\n');
                List(list, listIndent);
                break;
            case JsonValue text when text.GetValueKind() == JsonValueKind.String && IsBlock(text.GetValue<string>()):
                Block(text.GetValue<string>(), indent + 2);
                break;
            default:
                _out.Append(' ').Append(Inline(value)).Append('\n');
                break;
        }
    }

    private static bool IsBlock(string text) =>
        text.Contains('\n') && text[0] is not (' ' or '\n' or '\t') && !text.Any(c => char.IsControl(c) && c is not ('\n' or '\t'));

    private void Block(string text, int indent)
    {
        var body = text.TrimEnd('\n');
        var newlines = text.Length - body.Length;
        _out.Append(newlines switch { 0 => " |-\n", 1 => " |\n", _ => " |+\n" });
        foreach (var line in body.Split('\n'))
        {
            if (line.Length > 0)
            {
                _out.Append(' ', indent).Append(line);
            }

            _out.Append('\n');
        }

        _out.Append('\n', Math.Max(0, newlines - 1));
    }

    private static string Inline(JsonNode? node) => node switch
    {
        null => "null",
        JsonObject => "{}",
        JsonArray => "[]",
        JsonValue value when value.GetValueKind() == JsonValueKind.String => Quote(value.GetValue<string>()),
        _ => node.ToJsonString(),
    };

    /// <summary>A text plain where it reads back as the same text, else single-quoted, or double-quoted where control characters need escapes.</summary>
    internal static string Quote(string text)
    {
        if (text.Length == 0)
        {
            return "\"\"";
        }

        if (text.Any(char.IsControl))
        {
            return Escape(text);
        }

        if (ReadsAsOther(text))
        {
            return '"' + text + '"';
        }

        return NeedsQuotes(text) ? '\'' + text.Replace("'", "''", StringComparison.Ordinal) + '\'' : text;
    }

    private static bool ReadsAsOther(string text) =>
        text.ToLowerInvariant() is "true" or "false" or "null" or "~" or "yes" or "no" or "on" or "off" or "y" or "n"
        || Yaml.IsNumber(text)
        || IsSexagesimal(text)
        || IsTime(text);

    /// <summary>What older YAML took for a number to the base of 60 (<c>12:30</c>, <c>20260103_07:42</c>).</summary>
    private static bool IsSexagesimal(string text)
    {
        var parts = text.TrimStart('-', '+').Split(':');
        return parts.Length > 1 && parts[0].Length > 0 && char.IsAsciiDigit(parts[0][0]) && parts[0].All(c => char.IsAsciiDigit(c) || c == '_')
            && parts.Skip(1).All(p => p.Length is 1 or 2 && p.All(char.IsAsciiDigit) && (p.Length == 1 || p[0] < '6'));
    }

    private static bool IsTime(string text) => text.Length > 9 && char.IsAsciiDigit(text[0]) && text[4] == '-' && DateTime.TryParse(text, CultureInfo.InvariantCulture, out _);

    private static bool NeedsQuotes(string text) =>
        "-?:,[]{}#&*!|>'\"%@` ".Contains(text[0]) && !(text[0] is '-' or '?' or ':' && text.Length > 1 && text[1] != ' ' && text != "---")
        || text[^1] is ' ' or ':'
        || text.Contains(": ", StringComparison.Ordinal)
        || text.Contains(" #", StringComparison.Ordinal);

    private static string Escape(string text)
    {
        var result = new StringBuilder("\"");
        foreach (var c in text)
        {
            result.Append(c switch
            {
                '"' => "\\\"",
                '\\' => "\\\\",
                '\n' => "\\n",
                '\t' => "\\t",
                '\r' => "\\r",
                _ when char.IsControl(c) => "\\x" + ((int)c).ToString("x2", CultureInfo.InvariantCulture),
                _ => c.ToString(),
            });
        }

        return result.Append('"').ToString();
    }
}
