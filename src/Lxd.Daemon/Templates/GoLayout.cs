using System.Globalization;
using System.Text.RegularExpressions;

namespace Lxd.Daemon.Templates;

/// <summary>Times in the layouts of Go, which show how a certain second of 2006 is to be written: <c>2006-01-02_15-04-05</c>.</summary>
internal static partial class GoLayout
{
    private static readonly Dictionary<string, string> Formats = new()
    {
        ["2006"] = "yyyy",
        ["06"] = "yy",
        ["January"] = "MMMM",
        ["Jan"] = "MMM",
        ["01"] = "MM",
        ["1"] = "%M",
        ["Monday"] = "dddd",
        ["Mon"] = "ddd",
        ["02"] = "dd",
        ["_2"] = "%d",
        ["2"] = "%d",
        ["15"] = "HH",
        ["03"] = "hh",
        ["3"] = "%h",
        ["04"] = "mm",
        ["4"] = "%m",
        ["05"] = "ss",
        ["5"] = "%s",
        ["PM"] = "tt",
    };

    public static string Format(string layout, DateTime time) => Word().Replace(layout, m => m.Value switch
    {
        "MST" => "UTC",
        "-0700" => "+0000",
        "-07:00" => "+00:00",
        "Z07:00" => "Z",
        "pm" => time.ToString("tt", CultureInfo.InvariantCulture).ToLowerInvariant(),
        "_2" => time.Day.ToString(CultureInfo.InvariantCulture).PadLeft(2),
        var word => time.ToString(Formats[word], CultureInfo.InvariantCulture),
    });

    [GeneratedRegex("2006|January|Monday|MST|Jan|Mon|-0700|-07:00|Z07:00|01|02|03|04|05|06|15|PM|pm|_2|1|2|3|4|5")]
    private static partial Regex Word();
}
