using System.Text;
using System.Text.Json.Nodes;

namespace Lxd.Daemon.Verbs;

/// <summary>The rows of a query as a table or as CSV.</summary>
internal static class SqlTable
{
    public static string Render(JsonNode result, string format)
    {
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

        var widths = columns.Select((c, i) => Math.Max(c.Length, rows.Count == 0 ? 0 : rows.Max(r => r[i].Length))).ToList();
        var line = "+" + string.Concat(widths.Select(w => new string('-', w + 2) + "+")) + "\n";
        var text = new StringBuilder(line).Append('|').AppendJoin("", columns.Select((c, i) => $" {Center(c, widths[i])} |")).Append('\n').Append(line);
        foreach (var row in rows)
        {
            text.Append('|').AppendJoin("", row.Select((v, i) => $" {v.PadRight(widths[i])} |")).Append('\n');
        }

        return text.Append(line).ToString();
    }

    private static string Center(string text, int width) => text.PadLeft((width - text.Length) / 2 + text.Length).PadRight(width);

    private static string Quote(string value) => value.IndexOfAny([',', '"', '\n']) >= 0 ? $"\"{value.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : value;
}
