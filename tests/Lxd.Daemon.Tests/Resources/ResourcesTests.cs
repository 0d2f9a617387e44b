namespace Lxd.Daemon.Tests.Resources;

public sealed class ResourcesTests
{
    [Fact]
    public async Task TheHardwareOfThisMachineIsTold()
    {
        await using var daemon = await TestDaemon.StartAsync();
        var resources = (await daemon.GetAsync("/1.0/resources"))!;
        Assert.True((long)resources["cpu"]!["total"]! > 0);
        Assert.True((long)resources["memory"]!["total"]! > (long)resources["memory"]!["used"]!);
        foreach (var part in (string[])["gpu", "network", "storage", "usb", "pci"])
        {
            var list = resources[part]!.AsObject().Single(p => p.Key != "total").Value!.AsArray();
            Assert.Equal(list.Count, (int)resources[part]!["total"]!);
        }
    }
}
