using System.Text;
using System.Text.Json.Nodes;
using Lxd.Core;

namespace Lxc.Output;

/// <summary>Rows as the user wants them: table, compact, csv, json or yaml.</summary>
internal static class Table
{
    /// <param name="raw">The things themselves, for json and yaml.</param>
    public static string Render(string format, IReadOnlyList<string> header, IEnumerable<IReadOnlyList<string>> rows, JsonNode? raw)
    {
        var (kind, options) = format.IndexOf(',') is > 0 and var comma ? (format[..comma], format[(comma + 1)..]) : (format, "");
        var all = rows.ToList();
        if (kind is "" or "table" or "compact")
        {
            header = [.. header.Select(Title)];
        }

        return kind switch
        {
            "" or "table" => Box(options.Contains("noheader", StringComparison.Ordinal) ? [] : header, all),
            "compact" => Compact(options.Contains("noheader", StringComparison.Ordinal) ? [] : header, all),
            "csv" => string.Concat((options.Contains("header", StringComparison.Ordinal) && !options.Contains("noheader", StringComparison.Ordinal) ? all.Prepend(header) : all).Select(r => string.Join(',', r.Select(Quote)) + "\n")),
            "json" => (raw?.ToJsonString(Json.Options) ?? "null") + "\n",
            "yaml" => Yaml.Format(raw),
            _ => throw new ApiException(0, $"Invalid format \"{kind}\""),
        };
    }

    /// <summary>Headings are in capitals, and a key's dots and underscores are spaces.</summary>
    private static string Title(string header)
    {
        var text = header.ToUpperInvariant().ToCharArray();
        bool Part(int i) => i < 0 || i >= text.Length || text[i] == ' ' || char.IsAsciiDigit(text[i]);
        for (var i = 0; i < text.Length; i++)
        {
            text[i] = text[i] == '_' || text[i] == '.' && !(Part(i - 1) && Part(i + 1)) ? ' ' : text[i];
        }

        return new string(text).Trim();
    }

    private static string Box(IReadOnlyList<string> header, List<IReadOnlyList<string>> rows)
    {
        var widths = Widths(header, rows);
        var line = "+" + string.Concat(widths.Select(w => new string('-', w + 2) + "+")) + "\n";
        var text = new StringBuilder(line);
        if (header.Count > 0)
        {
            text.Append('|').AppendJoin("", header.Select((h, i) => $" {Center(h, widths[i])} |")).Append('\n').Append(line);
        }

        foreach (var row in rows)
        {
            foreach (var cells in Lines(row))
            {
                text.Append('|').AppendJoin("", cells.Select((c, i) => $" {c}{new string(' ', widths[i] - Width(c))} |")).Append('\n');
            }

            text.Append(line);
        }

        return text.ToString();
    }

    private static string Compact(IReadOnlyList<string> header, List<IReadOnlyList<string>> rows)
    {
        var widths = Widths(header, rows);
        var text = new StringBuilder();
        if (header.Count > 0)
        {
            text.Append("  ").AppendJoin("  ", header.Select((h, i) => Center(h, widths[i]))).Append("  \n");
        }

        foreach (var cells in rows.SelectMany(Lines))
        {
            text.Append("  ").AppendJoin("  ", cells.Select((c, i) => c + new string(' ', widths[i] - Width(c)))).Append("  \n");
        }

        return text.ToString();
    }

    private static IEnumerable<string[]> Lines(IReadOnlyList<string> row)
    {
        var cells = row.Select(c => c.Split('\n')).ToList();
        var height = cells.Count == 0 ? 0 : cells.Max(c => c.Length);
        for (var i = 0; i < height; i++)
        {
            yield return [.. cells.Select(c => i < c.Length ? c[i] : "")];
        }
    }

    private static int[] Widths(IReadOnlyList<string> header, List<IReadOnlyList<string>> rows)
    {
        var columns = header.Count > 0 ? header.Count : rows.Count > 0 ? rows[0].Count : 0;
        return [.. Enumerable.Range(0, columns).Select(i => Math.Max(header.Count > 0 ? Width(header[i]) : 0, rows.Count == 0 ? 0 : rows.Max(r => r[i].Split('\n').Max(Width))))];
    }

    private static int Width(string text) => new System.Globalization.StringInfo(text).LengthInTextElements;

    private static string Center(string text, int width)
    {
        var left = (width - Width(text)) / 2;
        return new string(' ', left) + text + new string(' ', width - Width(text) - left);
    }

    private static string Quote(string cell) => cell.IndexOfAny([',', '"', '\n', '\r']) >= 0 || cell.StartsWith(' ') ? "\"" + cell.Replace("\"", "\"\"", StringComparison.Ordinal) + "\"" : cell;
}
