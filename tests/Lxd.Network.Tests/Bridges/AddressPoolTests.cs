using Lxd.Network.Bridges;

namespace Lxd.Network.Tests.Bridges;

public sealed class AddressPoolTests
{
    private const string Mac = "00:16:3e:92:f3:c1";

    [Theory]
    [InlineData("", "", "192.0.2.2")]
    [InlineData("192.0.2.9", "", "192.0.2.9")]
    [InlineData("192.0.2.9", "192.0.2.100-192.0.2.101", "192.0.2.100")]
    [InlineData("192.0.2.7", "", "192.0.2.2")]
    public void AClientKeepsWhatItHadWhereItMay(string had, string ranges, string chosen) =>
        Assert.Equal(chosen, AddressPool.Of(Bridge(("ipv4.address", "192.0.2.1/24"), ("ipv4.dhcp.ranges", ranges)), "ipv4")!.Choose(Mac, had, new HashSet<string> { "192.0.2.7" }));

    [Fact]
    public void NothingIsLeftWhenAllIsTaken() =>
        Assert.Null(AddressPool.Of(Bridge(("ipv4.address", "192.0.2.1/24"), ("ipv4.dhcp.ranges", "192.0.2.1-192.0.2.3")), "ipv4")!.Choose(Mac, "", new HashSet<string> { "192.0.2.2", "192.0.2.3" }));

    [Fact]
    public void AnIpv6ClientGetsTheAddressItWouldMakeItself()
    {
        var pool = AddressPool.Of(Bridge(("ipv6.address", "2001:db8:1::1/64"), ("ipv6.dhcp.stateful", "true")), "ipv6")!;
        Assert.Equal("2001:db8:1:0:216:3eff:fe92:f3c1", pool.Choose(Mac, "", new HashSet<string>()));
        Assert.Equal("2001:db8:1::2", pool.Choose(Mac, "", new HashSet<string> { "2001:db8:1:0:216:3eff:fe92:f3c1" }));
    }

    [Fact]
    public void ABridgeThatDoesNotKnowItsClientsHasNone()
    {
        Assert.Null(AddressPool.Of(Bridge(("ipv6.address", "2001:db8:1::1/64")), "ipv6"));
        Assert.Null(AddressPool.Of(Bridge(("ipv4.address", "192.0.2.1/24"), ("ipv4.dhcp", "false")), "ipv4"));
    }

    [Fact]
    public void AReleaseNamesClientAndServer()
    {
        var four = LeaseRelease.Ipv4(new Lease(Mac, "192.0.2.2", "c1"), System.Net.IPAddress.Parse("192.0.2.1"));
        Assert.Equal([53, 1, 7, 54, 4, 192, 0, 2, 1, 255], four[240..]);
        var six = LeaseRelease.Ipv6(new Lease("", "2001:db8::2", "c1") { ClientId = "00:02", Association = 7 }, "00:01");
        Assert.Equal((byte)8, six[0]);
        Assert.Equal([0, 1, 0, 2, 0, 2, 0, 2, 0, 2, 0, 1, 0, 3, 0, 40], six[4..20]);
    }

    private static BridgeSpec Bridge(params (string, string)[] keys) => new("br0", "/nonexistent", keys.ToDictionary(k => k.Item1, k => k.Item2));
}
