using System.Text;

namespace Lxd.Guard.Tests.Reference;

/// <summary>A page of <c>docs/reference</c>, written from the code.</summary>
internal sealed class Page
{
    private readonly StringBuilder _text = new();

    public Page(string title, string about)
    {
        _text.Append("<!-- Written from the code by LXD_UPDATE_DATA=1 dotnet test tests/Lxd.Guard.Tests: change the code, not this page. -->\n");
        Add("# " + title).Add(about);
    }

    /// <summary>A block, with an empty line before it.</summary>
    public Page Add(string text)
    {
        _text.Append('\n').Append(text.Trim('\n')).Append('\n');
        return this;
    }

    public Page Heading(string text) => Add("## " + text);

    public Page Quote(string text) => Add($"```\n{text.Trim('\n')}\n```");

    public Page List(IEnumerable<string> names) => Add(string.Join('\n', names.Select(n => $"- `{n}`")));

    public Page Table(string[] head, IEnumerable<string[]> rows) =>
        Add(string.Join('\n', rows.Select(Row).Prepend($"|{string.Concat(head.Select(_ => "---|"))}").Prepend(Row(head))));

    /// <summary>Writes the pages where data is to be written anew; fails where the pages that lie in the folder, and no others, are not these.</summary>
    /// <param name="folder">Below <c>docs/reference</c>; empty for pages that stand there beside others.</param>
    public static void AssertWritten(string folder, IReadOnlyDictionary<string, Page> pages)
    {
        var path = Path.Combine(Source.Root, "docs", "reference", folder);
        if (Source.Update)
        {
            Directory.CreateDirectory(path);
            foreach (var (name, page) in pages)
            {
                File.WriteAllText(Path.Combine(path, name), page._text.ToString());
            }

            foreach (var old in Strangers(path, folder, pages))
            {
                File.Delete(old);
            }
        }

        const string How = "LXD_UPDATE_DATA=1 dotnet test tests/Lxd.Guard.Tests writes it anew";
        foreach (var (name, page) in pages)
        {
            var file = Path.Combine(path, name);
            Assert.True(File.Exists(file) && File.ReadAllText(file) == page._text.ToString(), $"{Source.Relative(file)} is not what the code says: {How}");
        }

        Assert.Empty(Strangers(path, folder, pages));
    }

    private static IEnumerable<string> Strangers(string path, string folder, IReadOnlyDictionary<string, Page> pages) =>
        folder.Length == 0 ? [] : Directory.GetFiles(path).Where(f => !pages.ContainsKey(Path.GetFileName(f)));

    private static string Row(string[] cells) => $"| {string.Join(" | ", cells.Select(Cell))} |";

    private static string Cell(string text) => text.Replace("|", "\\|", StringComparison.Ordinal).Replace("\n", " ", StringComparison.Ordinal);
}
