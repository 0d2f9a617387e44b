using Lxd.Network.Bridges;

namespace Lxd.Network.Tests.Bridges;

public sealed class BridgeSpecTests
{
    private static BridgeSpec Spec(params (string Key, string Value)[] config) => new("br0", "/n/br0", config.ToDictionary(c => c.Key, c => c.Value));

    [Fact]
    public void TheServerServesBothFamilies()
    {
        var arguments = DnsmasqArguments.Of(Spec(("ipv4.address", "10.1.2.1/24"), ("ipv6.address", "fd42::1/64")));
        Assert.Contains("--listen-address=10.1.2.1", arguments);
        Assert.Contains("10.1.2.2,10.1.2.254,1h", arguments);
        Assert.Contains("::,constructor:br0,ra-stateless,ra-names", arguments);
        Assert.Contains("_gateway.lxd,br0", arguments);
    }

    [Fact]
    public void OptionsOfDhcpAreTold()
    {
        var arguments = DnsmasqArguments.Of(Spec(
            ("ipv4.address", "10.1.2.1/24"), ("ipv4.dhcp.ranges", "10.1.2.5-10.1.2.9, 10.1.2.20-10.1.2.30"), ("ipv4.dhcp.gateway", "10.1.2.3"), ("ipv4.dhcp.expiry", "2h"),
            ("bridge.mtu", "1400"), ("dns.search", "a.b, c.d"), ("dns.mode", "none")));
        Assert.Contains("--dhcp-option-force=3,10.1.2.3", arguments);
        Assert.Contains("--dhcp-option-force=26,1400", arguments);
        Assert.Contains("--dhcp-option-force=119,a.b,c.d", arguments);
        Assert.Contains("10.1.2.5,10.1.2.9,2h", arguments);
        Assert.Contains("10.1.2.20,10.1.2.30,2h", arguments);
        Assert.DoesNotContain("-s", arguments);
    }

    [Fact]
    public void StatefulDhcpGivesAddresses() =>
        Assert.Contains("fd42::2,fd42::ffff:ffff:ffff:ffff,64,1h", DnsmasqArguments.Of(Spec(("ipv6.address", "fd42::1/64"), ("ipv6.dhcp.stateful", "true"))));

    [Fact]
    public void ABridgeWithoutAddressesHasNoServer()
    {
        Assert.False(Spec(("ipv4.address", "none")).HasServer);
        Assert.True(Spec(("ipv6.address", "fd42::1/64")).HasServer);
    }

    [Theory]
    [InlineData("", "", 1500)]
    [InlineData("1300", "", 1300)]
    [InlineData("", "vxlan", 1400)]
    public void TunnelsCarryLess(string mtu, string protocol, int expected)
    {
        List<(string, string)> config = [("bridge.mtu", mtu)];
        if (protocol.Length > 0)
        {
            config.Add(("tunnel.t1.protocol", protocol));
        }

        Assert.Equal(expected, Spec([.. config]).Mtu);
    }

    [Fact]
    public void TunnelsAreMadeByTheirKeys()
    {
        var spec = Spec(("tunnel.a.protocol", "vxlan"), ("tunnel.b.protocol", "gre"), ("tunnel.b.local", "10.0.0.1"), ("tunnel.b.remote", "10.0.0.2"));
        Assert.Equal("link add dev br0-a type vxlan id 1 dstport 8472 group 239.0.0.1 dev eth7 ttl 1", string.Join(' ', BridgeTunnels.Arguments(spec, "a", () => "eth7")));
        Assert.Equal("link add dev br0-b type gretap local 10.0.0.1 remote 10.0.0.2", string.Join(' ', BridgeTunnels.Arguments(spec, "b", () => "eth7")));
    }

    [Fact]
    public void SubnetsOverlap()
    {
        var net = Subnet.Parse("10.1.0.1/16", System.Net.Sockets.AddressFamily.InterNetwork);
        Assert.True(net.Overlaps(Subnet.Parse("10.1.2.1/24", System.Net.Sockets.AddressFamily.InterNetwork)));
        Assert.True(Subnet.Parse("10.1.2.1/24", System.Net.Sockets.AddressFamily.InterNetwork).Overlaps(net));
        Assert.False(net.Overlaps(Subnet.Parse("10.2.2.1/24", System.Net.Sockets.AddressFamily.InterNetwork)));
    }
}
