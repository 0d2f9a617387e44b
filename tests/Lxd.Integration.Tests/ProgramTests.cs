using Lxd.Integration.Tests.Lab;

namespace Lxd.Integration.Tests;

/// <summary>What needs no server.</summary>
public sealed class ProgramTests
{
    [Theory]
    [InlineData("lxd")]
    [InlineData("lxc")]
    public async Task TheProgramTellsItsVersion(string program)
    {
        var shell = new Shell(new Dictionary<string, string>(), "/tmp");
        Assert.Matches(@"^\d+\.\d+", (await shell.RunAsync($"{LabServer.Binaries}/{program} --version")).Trim());
    }
}
