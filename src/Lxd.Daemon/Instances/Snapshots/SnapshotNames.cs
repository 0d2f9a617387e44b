using System.Globalization;
using System.Text.RegularExpressions;
using Lxd.Core;

namespace Lxd.Daemon.Instances.Snapshots;

/// <summary>Names for snapshots that came without one, from <c>snapshots.pattern</c>.</summary>
internal static partial class SnapshotNames
{
    /// <summary>Throws a bad request unless the name can be a snapshot's.</summary>
    public static void Check(string name)
    {
        if (name.Contains('/'))
        {
            throw ApiException.BadRequest("Invalid snapshot name: Cannot contain \"/\"");
        }

        if (name.Contains(' ') || name.Contains('\\') || name.Any(char.IsControl) || name is "." or ".." || name.Length is 0 or > 255)
        {
            throw ApiException.BadRequest(name.Contains(' ') ? "Invalid snapshot name: Cannot contain space" : "Invalid snapshot name: Name cannot be used");
        }
    }

    /// <summary>The next name of a pattern. Of the template language only <c>creation_date</c> with its <c>date</c> filter is known.</summary>
    public static string Next(string pattern, IEnumerable<string> existing, DateTime moment)
    {
        if (pattern.Length == 0)
        {
            pattern = "snap%d";
        }

        if (pattern.Contains("{%", StringComparison.Ordinal))
        {
            throw ApiException.BadRequest("Invalid snapshots.pattern: Tags are not allowed");
        }

        var names = existing.ToHashSet(StringComparer.Ordinal);
        var text = VariablePattern().Replace(pattern, m => m.Groups[1].Value == "creation_date"
            ? m.Groups[2].Success ? Format(m.Groups[3].Value, moment) : moment.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture)
            : throw ApiException.BadRequest($"Invalid snapshots.pattern: Unknown variable \"{m.Groups[1].Value}\""));
        var placeholders = text.Split("%d").Length - 1;
        if (placeholders > 1)
        {
            throw ApiException.BadRequest("Snapshot pattern may contain '%d' only once");
        }

        if (placeholders == 0)
        {
            return names.Contains(text) ? Numbered(text + "-%d", names) : text;
        }

        return Numbered(text, names);
    }

    private static string Numbered(string text, HashSet<string> names)
    {
        var at = text.IndexOf("%d", StringComparison.Ordinal);
        var (before, after) = (text[..at], text[(at + 2)..]);
        var next = 0L;
        foreach (var name in names)
        {
            if (name.Length > before.Length + after.Length && name.StartsWith(before, StringComparison.Ordinal) && name.EndsWith(after, StringComparison.Ordinal)
                && long.TryParse(name.AsSpan(before.Length, name.Length - before.Length - after.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            {
                next = Math.Max(next, number + 1);
            }
        }

        return before + next.ToString(CultureInfo.InvariantCulture) + after;
    }

    /// <summary>Go's reference-time layout (<c>2006-01-02_15-04-05</c>).</summary>
    private static string Format(string layout, DateTime moment) => LayoutPattern().Replace(layout, m => m.Value switch
    {
        "2006" => moment.ToString("yyyy", CultureInfo.InvariantCulture),
        "06" => moment.ToString("yy", CultureInfo.InvariantCulture),
        "January" => moment.ToString("MMMM", CultureInfo.InvariantCulture),
        "Jan" => moment.ToString("MMM", CultureInfo.InvariantCulture),
        "Monday" => moment.ToString("dddd", CultureInfo.InvariantCulture),
        "Mon" => moment.ToString("ddd", CultureInfo.InvariantCulture),
        "01" => moment.ToString("MM", CultureInfo.InvariantCulture),
        "02" => moment.ToString("dd", CultureInfo.InvariantCulture),
        "15" => moment.ToString("HH", CultureInfo.InvariantCulture),
        "03" => moment.ToString("hh", CultureInfo.InvariantCulture),
        "04" => moment.ToString("mm", CultureInfo.InvariantCulture),
        "05" => moment.ToString("ss", CultureInfo.InvariantCulture),
        "PM" => moment.ToString("tt", CultureInfo.InvariantCulture),
        _ => m.Value,
    });

    [GeneratedRegex("""\{\{\s*([a-z_]+)\s*(\|\s*date\s*:\s*['"]([^'"]*)['"])?\s*\}\}""")]
    private static partial Regex VariablePattern();

    [GeneratedRegex("2006|January|Monday|Jan|Mon|01|02|15|03|04|05|06|PM")]
    private static partial Regex LayoutPattern();
}
