using Lxd.Network.Nics;

namespace Lxd.Network.Tests.Nics;

public sealed class NicFilterTests
{
    private const string Mac = "00:16:3e:92:f3:c1";

    [Fact]
    public void AFilterOfTheHardwareAddressLetsEveryProtocolThrough()
    {
        var text = NicFilterText.Rules(new NicFilter("c1.eth0", "veth1", Mac, null, null));
        Assert.Contains("add chain bridge lxd in.c1.eth0 { type filter hook input priority -200; policy accept; }", text);
        Assert.Contains("add rule bridge lxd fwd.c1.eth0 iifname \"veth1\" ether saddr != 00:16:3e:92:f3:c1 drop", text);
        Assert.DoesNotContain("ether type", text);
    }

    [Fact]
    public void AddressesAreLetThroughAndTheRestIsDropped()
    {
        var text = NicFilterText.Rules(new NicFilter("c1.eth0", "veth1", Mac, Cidr.List("192.0.2.2,198.51.100.0/24"), Cidr.List("2001:db8:1::2,2001:db8:2::/64")));
        Assert.Contains("ip saddr 198.51.100.0/24 accept", text);
        Assert.Contains("arp saddr ip 192.0.2.2 accept", text);
        Assert.Contains("icmpv6 type 136 @nh,384,128 0x20010db8000100000000000000000002 accept", text);
        Assert.Contains("icmpv6 type 136 @nh,384,64 0x20010db800020000 accept", text);
        Assert.True(text.IndexOf("ip saddr 192.0.2.2 accept", StringComparison.Ordinal) < text.IndexOf("ether type 0x0800 drop", StringComparison.Ordinal));
        Assert.Contains("icmpv6 type 134 drop", text);
    }

    [Fact]
    public void WithoutAnyAddressAProtocolIsDroppedWhole()
    {
        var text = NicFilterText.Rules(new NicFilter("c1.eth0", "veth1", Mac, [], []));
        Assert.DoesNotContain("accept\n", text.Replace("policy accept; }", "", StringComparison.Ordinal));
        Assert.Contains("ether type 0x86dd drop", text);
    }

    [Fact]
    public void NamesOfDevicesCannotLeaveTheirPlace() =>
        Assert.DoesNotContain("; flush", NicFilterText.NoRules("c1.x; flush ruleset"));

    [Theory]
    [InlineData("192.0.2.1", "192.0.2.1")]
    [InlineData("192.0.2.0/24", "192.0.2.0/24")]
    [InlineData("2001:db8::/64", "2001:db8::/64")]
    [InlineData("192.0.2.1/33", null)]
    [InlineData("1.2", null)]
    [InlineData("2001:db8::1/129", null)]
    [InlineData("x", null)]
    public void AddressesAreReadAsWritten(string text, string? read) => Assert.Equal(read, Cidr.TryParse(text, out var cidr) ? cidr.ToString() : null);
}
