using System.Globalization;

namespace Lxd.Core;

/// <summary>Times to live as LXD writes them: <c>1M 2H 3d 4w 5m 6y</c> (minutes, hours, days, weeks, months, years), any of them, separated by spaces.</summary>
public static class Expiry
{
    /// <summary>The moment after which something is over; null for an empty text: never.</summary>
    public static DateTime? After(string text, DateTime start)
    {
        var parts = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (parts.Length == 0)
        {
            return null;
        }

        var end = start;
        foreach (var part in parts)
        {
            if (!int.TryParse(part[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out var count))
            {
                throw ApiException.BadRequest($"Invalid expiry expression: {text}");
            }

            end = part[^1] switch
            {
                'S' => end.AddSeconds(count),
                'M' => end.AddMinutes(count),
                'H' => end.AddHours(count),
                'd' => end.AddDays(count),
                'w' => end.AddDays(7 * count),
                'm' => end.AddMonths(count),
                'y' => end.AddYears(count),
                _ => throw ApiException.BadRequest($"Invalid expiry expression: {text}"),
            };
        }

        return end;
    }
}
