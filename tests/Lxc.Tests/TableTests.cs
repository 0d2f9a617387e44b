using System.Text.Json.Nodes;
using Lxc.Output;

namespace Lxc.Tests;

public sealed class TableTests
{
    private static readonly string[] Header = ["NAME", "STATE"];
    private static readonly IReadOnlyList<string>[] Rows = [["c1", "RUNNING"], ["longer", "a\nb"]];

    [Fact]
    public void ATableHasBordersAndLinesOfSeveralCells() => Assert.Equal("""
        +--------+---------+
        |  NAME  |  STATE  |
        +--------+---------+
        | c1     | RUNNING |
        +--------+---------+
        | longer | a       |
        |        | b       |
        +--------+---------+

        """, Table.Render("table", Header, Rows, null));

    [Fact]
    public void CsvQuotesWhatNeedsIt() => Assert.Equal("c1,\"a,b\"\nc2,\"say \"\"x\"\"\"\n", Table.Render("csv", Header, [["c1", "a,b"], ["c2", "say \"x\""]], null));

    [Fact]
    public void CompactHasNoBorders() => Assert.Equal("   NAME    STATE   \n  c1      RUNNING  \n  longer  a        \n          b        \n", Table.Render("compact", Header, Rows, null));

    [Fact]
    public void JsonAndYamlShowTheThingsThemselves()
    {
        var raw = new JsonArray(new JsonObject { ["name"] = "c1" });
        Assert.Equal("[{\"name\":\"c1\"}]\n", Table.Render("json", Header, Rows, raw));
        Assert.Equal("- name: c1\n", Table.Render("yaml", Header, Rows, raw));
    }

    [Fact]
    public void AnUnknownFormatIsRefused() => Assert.Throws<Lxd.Core.ApiException>(() => Table.Render("xml", Header, Rows, null));
}
