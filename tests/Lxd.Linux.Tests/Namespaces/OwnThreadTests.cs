using System.Diagnostics;
using Lxd.Linux.Files;
using Lxd.Linux.Namespaces;

namespace Lxd.Linux.Tests.Namespaces;

/// <summary>Work in other namespaces and with other ids: it is done there, and no thread of the program stays there.</summary>
public sealed class OwnThreadTests
{
    private const uint Stranger = 61234;

    [Fact]
    public async Task TheWorkIsDoneThereAndNothingStays()
    {
        using var elsewhere = Process.Start(new ProcessStartInfo("unshare", ["--net", "sleep", "60"]))!;
        try
        {
            var home = Space("/proc/self");
            await UntilAsync(() => Space($"/proc/{elsewhere.Id}") != home);
            Assert.Equal(Space($"/proc/{elsewhere.Id}"), await NetworkNamespace.RunAsync(elsewhere.Id, () => Space("/proc/thread-self")));
            Assert.EndsWith($"\t{Stranger}", await FileIdentity.RunAsync(Stranger, Stranger, () => Ids("/proc/thread-self")), StringComparison.Ordinal);
            await UntilAsync(() => Directory.GetDirectories("/proc/self/task").All(task => (Space(task) ?? home) == home && !Ids(task).Contains($"{Stranger}", StringComparison.Ordinal)));
        }
        finally
        {
            elsewhere.Kill();
            await elsewhere.WaitForExitAsync();
        }
    }

    [Fact]
    public async Task AFailureComesBackAsItWas()
    {
        Assert.Equal("no", (await Assert.ThrowsAsync<InvalidOperationException>(() => FileIdentity.RunAsync<int>(0, 0, () => throw new InvalidOperationException("no")))).Message);
        await Assert.ThrowsAsync<DirectoryNotFoundException>(() => NetworkNamespace.RunAsync(int.MaxValue, () => 0));
    }

    private static string? Space(string process) => new FileInfo(process + "/ns/net").LinkTarget;

    private static string Ids(string task)
    {
        try
        {
            return File.ReadLines(task + "/status").First(l => l.StartsWith("Uid:", StringComparison.Ordinal));
        }
        catch (IOException)
        {
            return "";
        }
    }

    private static async Task UntilAsync(Func<bool> reached)
    {
        for (var clock = Stopwatch.StartNew(); !reached(); await Task.Delay(10))
        {
            Assert.True(clock.Elapsed < TimeSpan.FromSeconds(30));
        }
    }
}
