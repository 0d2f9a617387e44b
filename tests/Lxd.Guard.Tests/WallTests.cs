using System.Xml.Linq;

namespace Lxd.Guard.Tests;

/// <summary>Who may see whom.</summary>
public sealed class WallTests
{
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["Lxd.Core"] = [],
        ["Lxd.Linux"] = ["Lxd.Core"],
        ["Lxd.Storage"] = ["Lxd.Core", "Lxd.Linux"],
        ["Lxd.Network"] = ["Lxd.Core", "Lxd.Linux"],
        ["Lxd.Runtime"] = ["Lxd.Core", "Lxd.Linux"],
        ["Lxd.Monitor"] = ["Lxd.Core", "Lxd.Linux"],
        ["Lxd.Client"] = ["Lxd.Core"],
        ["Lxc"] = ["Lxd.Core", "Lxd.Client"],
        ["Lxd.Daemon"] = ["Lxd.Core", "Lxd.Linux", "Lxd.Storage", "Lxd.Network", "Lxd.Runtime", "Lxd.Client"],
    };

    public static TheoryData<string> Projects => [.. Directory.GetDirectories(Path.Combine(Source.Root, "src")).Select(d => Path.GetFileName(d))];

    [Theory]
    [MemberData(nameof(Projects))]
    public void AProjectSeesOnlyWhatStandsBelowIt(string project)
    {
        var file = XDocument.Load(Path.Combine(Source.Root, "src", project, project + ".csproj"));
        var seen = file.Descendants("ProjectReference").Select(r => Path.GetFileNameWithoutExtension(r.Attribute("Include")!.Value.Replace('\\', '/')));
        Assert.Empty(seen.Except(Allowed[project]));
    }

    [Fact]
    public void TheProjectSpeaksOfItselfOnly()
    {
        var words = new[] { ".." + "/shared", "/wo" + "rk/" };
        var files = Source.Files("src").Concat(Source.Files("tests")).Concat(Directory.EnumerateFiles(Path.Combine(Source.Root, "docs"), "*.md", SearchOption.AllDirectories)).Append(Path.Combine(Source.Root, "README.md"));
        Assert.Empty(files.Where(f => words.Any(w => File.ReadAllText(f).Contains(w, StringComparison.Ordinal))).Select(Source.Relative));
    }
}
