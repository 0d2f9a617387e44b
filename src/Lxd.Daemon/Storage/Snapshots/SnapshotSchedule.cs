using Cronos;
using Lxd.Core;

namespace Lxd.Daemon.Storage.Snapshots;

/// <summary><c>snapshots.schedule</c>: cron expressions and aliases, separated by commas; <c>@startup</c> and <c>@never</c> are no times.</summary>
internal static class SnapshotSchedule
{
    private static readonly Dictionary<string, string> Aliases = new()
    {
        ["@hourly"] = "0 * * * *",
        ["@daily"] = "0 0 * * *",
        ["@midnight"] = "0 0 * * *",
        ["@weekly"] = "0 0 * * 0",
        ["@monthly"] = "0 0 1 * *",
        ["@annually"] = "0 0 1 1 *",
        ["@yearly"] = "0 0 1 1 *",
    };

    /// <summary>Throws a bad request unless the text is a schedule.</summary>
    public static void Check(string schedule) => Parse(schedule);

    public static bool AtStartup(string schedule) => Split(schedule).Contains("@startup");

    /// <summary>Whether a time of the schedule lies after the first and at or before the second moment.</summary>
    public static bool IsDue(string schedule, DateTime after, DateTime now) =>
        Parse(schedule).Any(c => c.GetNextOccurrence(DateTime.SpecifyKind(after, DateTimeKind.Utc)) is { } next && next <= now);

    private static List<CronExpression> Parse(string schedule)
    {
        var parts = Split(schedule);
        var result = new List<CronExpression>();
        foreach (var part in parts)
        {
            if (part is "@startup" or "@never")
            {
                continue;
            }

            try
            {
                result.Add(CronExpression.Parse(Aliases.GetValueOrDefault(part, part)));
            }
            catch (CronFormatException e)
            {
                throw ApiException.BadRequest($"Invalid snapshot schedule \"{part}\": {e.Message}", e);
            }
        }

        return result;
    }

    /// <summary>Commas separate entries and also values within one: a part that begins no entry belongs to the one before.</summary>
    private static List<string> Split(string schedule)
    {
        var parts = new List<string>();
        foreach (var part in schedule.Split(',').Where(p => p.Length > 0))
        {
            var begins = part.StartsWith(' ') || part.StartsWith('@') || parts.Count == 0 || parts[^1].StartsWith('@') || Fields(parts[^1]) == 5 && Fields(part) == 5;
            if (begins)
            {
                parts.Add(part.Trim());
            }
            else
            {
                parts[^1] += "," + part.TrimEnd();
            }
        }

        return parts;
    }

    private static int Fields(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Length;
}
