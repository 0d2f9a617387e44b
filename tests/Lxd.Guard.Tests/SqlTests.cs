using System.Text.RegularExpressions;

namespace Lxd.Guard.Tests;

/// <summary>One text of SQL serves SQLite and dqlite.</summary>
public sealed class SqlTests
{
    /// <summary>What SQLite takes and dqlite does not.</summary>
    [Fact]
    public void NoStatementReturnsRowsFromAWrite() =>
        Assert.Empty(Source.Files("src/Lxd.Daemon").Where(f => Regex.IsMatch(File.ReadAllText(f), @"""[^""]*\b(INSERT|UPDATE|DELETE)\b[^""]*\bRETURNING\b")).Select(Source.Relative));

    [Fact]
    public void NoColumnHasATypeThatTheTwoReadDifferently() =>
        Assert.Empty(Directory.EnumerateFiles(Path.Combine(Source.Root, "src/Lxd.Daemon/Store/Migrations"), "*.sql").SelectMany(File.ReadLines).Where(l => Regex.IsMatch(l, @"^\s+\w+ (BOOLEAN|DATE|DATETIME|TIMESTAMP)\b")));
}
