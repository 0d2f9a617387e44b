using System.Text.RegularExpressions;
using Lxd.Integration.Tests.Lab;

namespace Lxd.Integration.Tests;

/// <summary>What docs/getting-started.md tells people to do, done: every line of its blocks marked <c>sh</c>, in order, on a new server.</summary>
public sealed class GettingStartedTests
{
    [Fact]
    public async Task EveryCommandWorks()
    {
        var page = await File.ReadAllTextAsync(Path.Combine(LabServer.RepositoryRoot, "docs", "getting-started.md"));
        var lines = Regex.Matches(page, "^```sh\n(.*?)^```", RegexOptions.Singleline | RegexOptions.Multiline).SelectMany(b => b.Groups[1].Value.Split('\n', StringSplitOptions.RemoveEmptyEntries)).ToList();
        Assert.True(lines.Count > 50, "the page has lost its blocks");
        await using var server = new LabServer("docs");
        await server.StartAsync();
        File.Copy(await Images.BusyboxAsync(), Path.Combine(server.Shell.Directory, "busybox.tar.xz"));
        foreach (var line in lines)
        {
            await server.Shell.RunAsync(line);
        }
    }
}
