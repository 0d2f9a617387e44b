using System.Globalization;
using Lxd.Core;

namespace Lxd.Storage;

/// <summary>The <c>snapshots.*</c> keys of volumes.</summary>
public static class SnapshotKeys
{
    private static readonly string[] Aliases = ["@hourly", "@daily", "@midnight", "@weekly", "@monthly", "@annually", "@yearly", "@never", "@startup"];

    public static void CheckExpiry(string value) => Expiry(DateTime.UnixEpoch, value);

    public static void CheckPattern(string value)
    {
        if (value.Contains('/', StringComparison.Ordinal))
        {
            throw ApiException.BadRequest("Snapshot name pattern can't contain slashes");
        }
    }

    /// <summary>A cron expression of five fields, or a list of aliases separated by commas.</summary>
    public static void CheckSchedule(string value)
    {
        if (value.Split(',', StringSplitOptions.TrimEntries).All(Aliases.Contains))
        {
            return;
        }

        if (value.Split(' ', StringSplitOptions.RemoveEmptyEntries).Length != 5)
        {
            throw ApiException.BadRequest("Schedule must be of the form: <minute> <hour> <day-of-month> <month> <day-of-week>");
        }
    }

    /// <summary>The time an expression such as <c>1w 2d</c> after <paramref name="from"/>; unset for an empty one.</summary>
    public static DateTime Expiry(DateTime from, string expression)
    {
        if (expression.Trim().Length == 0)
        {
            return default;
        }

        var time = from;
        foreach (var word in expression.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (!int.TryParse(word[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            {
                throw ApiException.BadRequest("Invalid expiry expression");
            }

            time = word[^1] switch
            {
                'S' => time.AddSeconds(number),
                'M' => time.AddMinutes(number),
                'H' => time.AddHours(number),
                'd' => time.AddDays(number),
                'w' => time.AddDays(number * 7L),
                'm' => time.AddMonths(number),
                'y' => time.AddYears(number),
                _ => throw ApiException.BadRequest("Invalid expiry expression"),
            };
        }

        return time;
    }
}
