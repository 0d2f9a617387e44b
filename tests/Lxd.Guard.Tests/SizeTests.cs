namespace Lxd.Guard.Tests;

/// <summary>Rooms stay small.</summary>
public sealed class SizeTests
{
    private const int Forbidden = 800;
    private const int Large = 450;

    [Fact]
    public void NoFileIsOverEightHundredLines() =>
        Assert.Empty(Source.Files("src").Concat(Source.Files("tests")).Select(f => (File: Source.Relative(f), Lines: File.ReadLines(f).Count())).Where(f => f.Lines > Forbidden));

    [Fact]
    public void NinetyNineOfAHundredFilesAreUnderFourHundredAndFifty()
    {
        var lines = Source.Files("src").Select(f => (File: Source.Relative(f), Lines: File.ReadLines(f).Count())).ToList();
        var large = lines.Where(f => f.Lines > Large).OrderByDescending(f => f.Lines).ToList();
        Assert.True(large.Count <= Math.Max(1, lines.Count / 100), string.Join('\n', large));
    }
}
