namespace Lxd.Daemon.Tests.Metadata;

public sealed class ConfigurationTests
{
    [Fact]
    public async Task TheReferenceHasTheKeysThatAreChecked()
    {
        await using var daemon = await TestDaemon.StartAsync();
        var reference = (await daemon.GetAsync("/1.0/metadata/configuration"))!;
        var server = reference["configs"]!["server"]!["core"]!["keys"]!.AsArray();
        Assert.Contains(server, k => k!["core.https_address"] is not null);
        Assert.NotNull(reference["configs"]!["instance"]!["boot"]!["keys"]);
        Assert.NotNull(reference["entities"]!["instance"]!["entitlements"]);
    }
}
