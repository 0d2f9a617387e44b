using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Lxd.Core;

/// <summary>Times on the wire: RFC 3339 with nanoseconds in UTC; unset is <c>0001-01-01T00:00:00Z</c>, which is <c>default(DateTime)</c>.</summary>
public sealed class GoTime : JsonConverter<DateTime>
{
    public override DateTime Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.Null ? default : Parse(reader.GetString() ?? "");

    public override void Write(Utf8JsonWriter writer, DateTime value, JsonSerializerOptions options) => writer.WriteStringValue(Format(value));

    public static string Format(DateTime value)
    {
        var utc = value.Kind == DateTimeKind.Local ? value.ToUniversalTime() : value;
        return utc.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture);
    }

    /// <summary>Reads what <see cref="Format"/> writes and any RFC 3339 text of up to nine fractional digits; empty is unset.</summary>
    public static DateTime Parse(string text)
    {
        if (text.Length == 0)
        {
            return default;
        }

        var dot = text.IndexOf('.');
        if (dot > 0)
        {
            var end = dot + 1;
            while (end < text.Length && char.IsAsciiDigit(text[end]))
            {
                end++;
            }

            if (end - dot - 1 > 7)
            {
                text = text[..(dot + 8)] + text[end..];
            }
        }

        if (!DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var value))
        {
            throw ApiException.BadRequest($"Invalid time: {text}");
        }

        return value.UtcDateTime;
    }
}
