using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Lxd.Core;

/// <summary>A time as somebody wrote it: to the nanosecond and with its zone, both of which come back as they were given. Unset is <c>default</c>.</summary>
/// <param name="Utc">The time in UTC, to 100 ns.</param>
/// <param name="Rest">What is left of the nanoseconds, 0 to 99.</param>
/// <param name="ZoneMinutes">How far its zone is ahead of UTC.</param>
[JsonConverter(typeof(Converter))]
public readonly record struct Moment(DateTime Utc, int Rest = 0, int ZoneMinutes = 0)
{
    public bool IsSet => Utc != default;

    public static implicit operator Moment(DateTime time) => new(time);

    /// <summary>Whether it is set and not later than a time in UTC.</summary>
    public bool IsOver(DateTime now) => IsSet && Utc <= now;

    /// <summary>Reads RFC 3339 with up to nine fractional digits; empty is unset.</summary>
    public static Moment Parse(string text)
    {
        var utc = GoTime.Parse(text);
        if (utc == default)
        {
            return default;
        }

        var zone = DateTimeOffset.TryParse(WithoutFraction(text), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var zoned) ? (int)zoned.Offset.TotalMinutes : 0;
        return new Moment(utc, Nanoseconds(text) % 100, zone);
    }

    /// <summary>RFC 3339.</summary>
    public override string ToString() => Text("yyyy-MM-dd'T'HH:mm:ss") + (ZoneMinutes == 0 ? "Z" : Zone(":"));

    /// <summary><c>2038-03-23 17:38:37.753398689 -0400 -0400</c>, as properties of things are shown.</summary>
    public string ToProperty() => $"{Text("yyyy-MM-dd HH:mm:ss")} {Zone("")} {(ZoneMinutes == 0 ? "UTC" : Zone(""))}";

    private string Text(string format)
    {
        var local = IsSet ? Utc.AddMinutes(ZoneMinutes) : Utc;
        var nanoseconds = (local.Ticks % TimeSpan.TicksPerSecond * 100) + Rest;
        var fraction = nanoseconds == 0 ? "" : "." + nanoseconds.ToString("D9", CultureInfo.InvariantCulture).TrimEnd('0');
        return local.ToString(format, CultureInfo.InvariantCulture) + fraction;
    }

    private string Zone(string separator)
    {
        var minutes = Math.Abs(ZoneMinutes);
        return string.Create(CultureInfo.InvariantCulture, $"{(ZoneMinutes < 0 ? '-' : '+')}{minutes / 60:D2}{separator}{minutes % 60:D2}");
    }

    private static (int From, int To) Fraction(string text)
    {
        var from = text.IndexOf('.') + 1;
        var to = from;
        while (from > 0 && to < text.Length && char.IsAsciiDigit(text[to]))
        {
            to++;
        }

        return (from, to);
    }

    private static int Nanoseconds(string text)
    {
        var (from, to) = Fraction(text);
        return to == from ? 0 : int.Parse(text[from..to].PadRight(9, '0')[..9], CultureInfo.InvariantCulture);
    }

    private static string WithoutFraction(string text)
    {
        var (from, to) = Fraction(text);
        return from == 0 ? text : text[..(from - 1)] + text[to..];
    }

    /// <summary>On the wire.</summary>
    public sealed class Converter : JsonConverter<Moment>
    {
        public override Moment Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.TokenType == JsonTokenType.Null ? default : Parse(reader.GetString() ?? "");

        public override void Write(Utf8JsonWriter writer, Moment value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());
    }
}
