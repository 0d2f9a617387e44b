using System.Text;
using System.Text.Json.Nodes;
using Lxd.Core;

namespace Lxd.Daemon.Verbs;

/// <summary>The rows of a query as a table, CSV, JSON or the plain columns of the <c>sqlite3</c> shell.</summary>
internal static class SqlTable
{
    private static readonly string[] Formats = ["sql", "table", "compact", "csv", "json", "yaml"];

    /// <summary>Throws for a format that is not known.</summary>
    public static void Check(string format)
    {
        if (!Formats.Contains(format))
        {
            throw new ApiException(0, $"Invalid format \"{format}\"");
        }
    }

    public static string Render(JsonNode result, string format)
    {
        if (format is "json" or "yaml")
        {
            return format == "json" ? result.ToJsonString() + "\n" : Yaml.Format(result);
        }

        if ((string?)result["type"] != "select")
        {
            return $"Rows affected: {(long)result["rows_affected"]!}\n";
        }

        var columns = ((JsonArray)result["columns"]!).Select(c => (string)c!).ToList();
        var rows = ((JsonArray)result["rows"]!).Select(r => ((JsonArray)r!).Select(v => v?.ToString() ?? "").ToList()).ToList();
        if (format == "csv")
        {
            return string.Concat(rows.Select(r => string.Join(',', r.Select(Quote)) + "\n"));
        }

        var headings = format == "sql" ? columns : columns.ConvertAll(c => c.Replace('_', ' ').ToUpperInvariant());
        var widths = headings.Select((c, i) => Math.Max(c.Length, rows.Count == 0 ? 0 : rows.Max(r => r[i].Length))).ToList();
        if (format == "compact")
        {
            return string.Concat(rows.Prepend([.. headings.Select((c, i) => Center(c, widths[i]))]).Select(r => string.Concat(r.Select((v, i) => $"  {v.PadRight(widths[i])}")) + "\n"));
        }

        var line = "+" + string.Concat(widths.Select(w => new string('-', w + 2) + "+")) + "\n";
        var text = new StringBuilder(line).Append('|').AppendJoin("", headings.Select((c, i) => $" {Center(c, widths[i])} |")).Append('\n').Append(line);
        foreach (var row in rows)
        {
            text.Append('|').AppendJoin("", row.Select((v, i) => $" {v.PadRight(widths[i])} |")).Append('\n');
        }

        return text.Append(line).ToString();
    }

    private static string Center(string text, int width) => text.PadLeft((width - text.Length) / 2 + text.Length).PadRight(width);

    private static string Quote(string value) => value.IndexOfAny([',', '"', '\n']) >= 0 ? $"\"{value.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : value;
}
