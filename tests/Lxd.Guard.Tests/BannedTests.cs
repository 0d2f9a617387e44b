using System.Text.RegularExpressions;

namespace Lxd.Guard.Tests;

/// <summary>Calls that do harm in this program, each with its reason.</summary>
public sealed class BannedTests
{
    /// <summary>Pattern, reason, and the directories where it may stand.</summary>
    public static TheoryData<string, string, string> Rules => new()
    {
        { @"\bThread\.Sleep\(", "blocks a pool thread; wait for the event itself", "" },
        { @"\.GetAwaiter\(\)\.GetResult\(\)", "blocks a pool thread on its own pool", "" },
        { @"(?<!\w)\w+Async\([^;]*\)\.(Result|Wait\(\))", "blocks a pool thread on its own pool", "" },
        { @"\bDateTime(Offset)?\.Now\b", "local time changes twice a year; use UtcNow", "" },
        { @"\bProcess\.Start\(|new Process\b", "one runner starts programs, so that all are cancellable and none is left behind", "src/Lxd.Linux/Processes;src/Lxc" },
        { @"\[(Library|Dll)Import", "system calls live where the host is", "src/Lxd.Linux;src/Lxd.Monitor;src/Lxc/Terminal;src/Lxc/Framework/SystemStore.cs" },
        { @"\bNotImplementedException\b", "nothing is half there", "" },
        { @"\b(TODO|FIXME|HACK)\b", "nothing is half there", "" },
    };

    [Theory]
    [MemberData(nameof(Rules))]
    public void IsNotCalled(string pattern, string reason, string allowed)
    {
        var places = allowed.Split(';', StringSplitOptions.RemoveEmptyEntries);
        var found = Source.Files("src").Where(f => !places.Any(p => Source.Relative(f).StartsWith(p, StringComparison.Ordinal)))
            .SelectMany(f => File.ReadLines(f).Select((line, i) => (Line: line, Place: $"{Source.Relative(f)}:{i + 1}")))
            .Where(l => !l.Line.TrimStart().StartsWith("//", StringComparison.Ordinal) && Regex.IsMatch(l.Line, pattern))
            .Select(l => l.Place).ToList();
        Assert.True(found.Count == 0, $"{reason}: {string.Join(", ", found)}");
    }
}
