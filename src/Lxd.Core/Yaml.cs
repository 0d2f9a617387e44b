using System.Globalization;
using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using YamlDotNet.RepresentationModel;

namespace Lxd.Core;

/// <summary>YAML to and from JSON nodes, so that one set of types serves both. Aliases are refused (a nested alias bomb would otherwise expand without bound).</summary>
public static class Yaml
{
    /// <summary>Deepest nesting read; hostile documents go deeper.</summary>
    private const int MaxDepth = 64;

    /// <summary>Reads one document; an empty text is null. Throws a bad request for malformed YAML.</summary>
    /// <param name="textMapsFrom">The depth from which on maps such as <c>config</c> hold texts only; the index of a backup has another <c>config</c> at its top.</param>
    public static JsonNode? Parse(string text, int textMapsFrom = 0)
    {
        try
        {
            var parser = new Parser(new StringReader(text));
            parser.Consume<StreamStart>();
            if (parser.Accept<StreamEnd>(out _))
            {
                return null;
            }

            parser.Consume<DocumentStart>();
            return ReadNode(parser, 0, false, textMapsFrom);
        }
        catch (YamlException e)
        {
            throw ApiException.BadRequest($"Failed parsing YAML: {e.Message}", e);
        }
    }

    public static T To<T>(string text) => Json.Parse<T>(Parse(text));

    public static string Format<T>(T value) => Format(Json.Node(value));

    /// <summary>Block style, maps in the order of the node, texts that would read as something else quoted; ends in a newline.</summary>
    public static string Format(JsonNode? node)
    {
        var writer = new YamlWriter();
        writer.Document(node);
        return writer.ToString();
    }

    /// <summary>Maps of texts to texts wherever they occur in the API: a bare <c>2</c>, <c>true</c> or nothing in them is a text too.</summary>
    private static readonly string[] TextMaps = ["config", "devices", "expanded_config", "expanded_devices", "properties"];

    private static JsonNode? ReadNode(IParser parser, int depth, bool texts, int textMapsFrom)
    {
        if (depth > MaxDepth)
        {
            throw new YamlException("nested too deeply");
        }

        if (parser.TryConsume<Scalar>(out var scalar))
        {
            return texts ? JsonValue.Create(IsNull(scalar) ? "" : scalar.Value) : ReadScalar(scalar);
        }

        if (parser.TryConsume<SequenceStart>(out _))
        {
            var array = new JsonArray();
            while (!parser.TryConsume<SequenceEnd>(out _))
            {
                array.Add(ReadNode(parser, depth + 1, false, textMapsFrom));
            }

            return array;
        }

        if (parser.TryConsume<MappingStart>(out _))
        {
            var map = new JsonObject();
            while (!parser.TryConsume<MappingEnd>(out _))
            {
                var key = parser.Consume<Scalar>().Value;
                map[key] = ReadNode(parser, depth + 1, texts || depth >= textMapsFrom && TextMaps.Contains(key) && parser.Accept<MappingStart>(out _), textMapsFrom);
            }

            return map;
        }

        throw new YamlException("aliases are not supported");
    }

    private static bool IsNull(Scalar scalar) => scalar.Style == ScalarStyle.Plain && scalar.Value is "" or "~" or "null" or "Null" or "NULL";

    private static JsonNode? ReadScalar(Scalar scalar)
    {
        if (scalar.Style != ScalarStyle.Plain || scalar.Tag == "tag:yaml.org,2002:str")
        {
            return JsonValue.Create(scalar.Value);
        }

        var text = scalar.Value;
        return text switch
        {
            "" or "~" or "null" or "Null" or "NULL" => null,
            "true" or "True" or "TRUE" => JsonValue.Create(true),
            "false" or "False" or "FALSE" => JsonValue.Create(false),
            _ when IsNumber(text) && long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) => JsonValue.Create(number),
            _ when IsNumber(text) && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var real) => JsonValue.Create(real),
            _ => JsonValue.Create(text),
        };
    }

    /// <summary>Whether a plain text is a number to a reader of YAML 1.1, as Go's is: with a base, and with underscores for the eye.</summary>
    internal static bool IsNumber(string text)
    {
        var unsigned = text.AsSpan(text[0] is '-' or '+' ? 1 : 0);
        if (unsigned is ".inf" or ".Inf" or ".INF" || text is ".nan" or ".NaN" or ".NAN")
        {
            return true;
        }

        if (unsigned.Length == 0 || !(char.IsAsciiDigit(unsigned[0]) || unsigned[0] == '.'))
        {
            return false;
        }

        var digits = unsigned.ToString().Replace("_", "", StringComparison.Ordinal);
        return digits is ['0', var kind, _, ..] && char.IsAsciiLetter(kind) && kind is not ('e' or 'E') ? IsInBase(digits) : IsDecimal(digits);
    }

    private static bool IsInBase(string text) => text[1] switch
    {
        'x' or 'X' => text[2..].All(char.IsAsciiHexDigit),
        'o' or 'O' => text[2..].All(c => c is >= '0' and <= '7'),
        'b' or 'B' => text[2..].All(c => c is '0' or '1'),
        _ => false,
    };

    private static bool IsDecimal(string text)
    {
        var exponent = text.IndexOfAny(['e', 'E']);
        var mantissa = exponent < 0 ? text : text[..exponent];
        var point = mantissa.IndexOf('.');
        return mantissa.Any(char.IsAsciiDigit)
            && mantissa.Where((_, i) => i != point).All(char.IsAsciiDigit)
            && (exponent < 0 || text[(exponent + 1)..].TrimStart('+', '-') is { Length: > 0 } power && power.All(char.IsAsciiDigit));
    }
}
