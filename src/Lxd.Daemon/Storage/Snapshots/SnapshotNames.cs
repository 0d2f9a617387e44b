using System.Globalization;
using Lxd.Core;
using Lxd.Daemon.Templates;

namespace Lxd.Daemon.Storage.Snapshots;

/// <summary>Names for snapshots that came without one, from <c>snapshots.pattern</c>.</summary>
internal static class SnapshotNames
{
    /// <summary>Throws a bad request unless the name can be a snapshot's.</summary>
    public static void Check(string name)
    {
        if (name.Contains('/'))
        {
            throw ApiException.BadRequest("Invalid snapshot name: Cannot contain \"/\"");
        }

        if (name.Contains(' ') || name.Contains('\\') || !Names.IsFileName(name))
        {
            throw ApiException.BadRequest(name.Contains(' ') ? "Invalid snapshot name: Cannot contain space" : "Invalid snapshot name: Name cannot be used");
        }
    }

    /// <summary>The next name of a pattern, a template that knows <c>creation_date</c>; <c>%d</c> is the first number after those taken.</summary>
    public static string Next(string pattern, IEnumerable<string> existing, DateTime moment)
    {
        var names = existing.ToHashSet(StringComparer.Ordinal);
        var text = Template.Render(pattern.Length == 0 ? "snap%d" : pattern, new Dictionary<string, object?> { ["creation_date"] = moment });
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
}
