using System.Globalization;

namespace Lxd.Core;

/// <summary>Spans of time as texts: <c>5s</c>, <c>1h30m</c>, <c>250ms</c>.</summary>
public static class GoDuration
{
    /// <summary>Throws a bad request for a text that is none.</summary>
    public static TimeSpan Parse(string text)
    {
        var span = TimeSpan.Zero;
        for (var rest = text.AsSpan(); rest.Length > 0;)
        {
            var digits = rest.IndexOfAnyExcept("0123456789.");
            var unit = digits > 0 ? rest[digits..] : throw Invalid(text);
            var length = unit.IndexOfAny("0123456789.") is >= 0 and var end ? end : unit.Length;
            if (!double.TryParse(rest[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number))
            {
                throw Invalid(text);
            }

            span += unit[..length] switch
            {
                "h" => TimeSpan.FromHours(number),
                "m" => TimeSpan.FromMinutes(number),
                "s" => TimeSpan.FromSeconds(number),
                "ms" => TimeSpan.FromMilliseconds(number),
                "us" => TimeSpan.FromMicroseconds(number),
                _ => throw Invalid(text),
            };
            rest = unit[length..];
        }

        return text.Length > 0 ? span : throw Invalid(text);
    }

    private static ApiException Invalid(string text) => ApiException.BadRequest($"Invalid duration \"{text}\"");
}
