using System.Text.Json.Nodes;
using Lxc.Framework;

namespace Lxc.Output;

/// <summary>Things as a list in the format and with the columns the user chose.</summary>
internal static class Listing
{
    /// <param name="raw">The things themselves, for json and yaml.</param>
    /// <param name="sort">Whether rows are brought in order; else they stay as they are.</param>
    public static async Task<int> WriteAsync<T>(Context context, Arguments arguments, Columns<T> columns, IEnumerable<T> items, JsonNode? raw, bool sort = true)
    {
        var chosen = columns.Parse(arguments.Get("--columns", columns.Usual));
        await WriteAsync(context, arguments, chosen, items, raw, sort).ConfigureAwait(false);
        return 0;
    }

    /// <summary>The things themselves, where the format wants them: of many that takes time.</summary>
    public static JsonNode? Raw(Arguments arguments, Func<JsonNode?> make) => arguments.Get("--format", "table") is "json" or "yaml" ? make() : null;

    public static async Task WriteAsync<T>(Context context, Arguments arguments, IReadOnlyList<Column<T>> chosen, IEnumerable<T> items, JsonNode? raw, bool sort = true)
    {
        var rows = items.Select(i => (IReadOnlyList<string>)[.. chosen.Select(c => c.Text(i))]).ToList();
        if (sort)
        {
            rows = [.. rows.Order(NaturalOrder.Instance)];
        }

        await context.Out.WriteAsync(Table.Render(arguments.Get("--format", "table"), [.. chosen.Select(c => c.Header)], rows, raw)).ConfigureAwait(false);
    }
}
