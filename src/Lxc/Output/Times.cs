using System.Globalization;

namespace Lxc.Output;

/// <summary>Times as people read them; empty for one that never was.</summary>
internal static class Times
{
    /// <summary><c>2026/01/31 12:00 UTC</c>.</summary>
    public static string Short(DateTime time) => time.Year <= 1970 ? "" : time.ToString("yyyy/MM/dd HH:mm 'UTC'", CultureInfo.InvariantCulture);

    /// <summary><c>Jan 31, 2026 at 12:00am (UTC)</c>.</summary>
    public static string Long(DateTime time) =>
        time.Year <= 1 ? "" : time.ToString("MMM d, yyyy 'at' h:mm", CultureInfo.InvariantCulture) + (time.Hour < 12 ? "am" : "pm") + " (UTC)";
}
