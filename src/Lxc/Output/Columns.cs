using Lxd.Core;

namespace Lxc.Output;

/// <summary>A column of a list.</summary>
/// <param name="Letter">What stands for it in <c>--columns</c>.</param>
internal sealed record Column<T>(char Letter, string Header, Func<T, string> Text);

/// <summary>The columns a list may have.</summary>
/// <param name="usual">The letters of those shown where the user says nothing.</param>
internal sealed class Columns<T>(string usual, params Column<T>[] all)
{
    public string Usual => usual;

    /// <summary>Columns by their letters; commas between them may stand or not.</summary>
    public IReadOnlyList<Column<T>> Parse(string letters)
    {
        var columns = new List<Column<T>>();
        foreach (var part in letters.Split(','))
        {
            if (part.Length == 0)
            {
                throw new ApiException(0, $"Empty column entry (redundant, leading or trailing command) in '{letters}'");
            }

            columns.AddRange(part.Select(letter => Find(letter) ?? throw new ApiException(0, $"Unknown column shorthand char '{letter}' in '{part}'")));
        }

        return columns;
    }

    public Column<T>? Find(char letter) => Array.Find(all, c => c.Letter == letter);
}
