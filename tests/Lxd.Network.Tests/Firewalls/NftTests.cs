using System.Net;
using System.Net.Sockets;
using Lxd.Network.Bridges;
using Lxd.Network.Firewalls;

namespace Lxd.Network.Tests.Firewalls;

public sealed class NftTests
{
    private static readonly Subnet Four = Subnet.Parse("10.1.2.1/24", AddressFamily.InterNetwork);

    [Fact]
    public void NatAndRoutingOfABridge()
    {
        var chains = NftNetworkText.Chains("br0", new BridgeRules(new FamilyRules(Four) { Nat = true, Filter = true, Dhcp = true }, null)).ToDictionary(c => c.Name, c => c.Rules);
        Assert.Equal(["ip saddr 10.1.2.0/24 ip daddr != 10.1.2.0/24 masquerade"], chains["pstrt.br0"]);
        Assert.Equal(["ip version 4 oifname \"br0\" reject", "ip version 4 iifname \"br0\" reject"], chains["fwd.br0"]);
        Assert.Contains("iifname \"br0\" udp dport 67 accept", chains["in.br0"]);
        Assert.DoesNotContain(chains["in.br0"], r => r.Contains("547"));
    }

    [Fact]
    public void AnAddressOfItsOwnIsTheSource()
    {
        var rules = new BridgeRules(new FamilyRules(Four) { Nat = true, NatAddress = IPAddress.Parse("192.0.2.9") }, null);
        Assert.Equal(["ip saddr 10.1.2.0/24 ip daddr != 10.1.2.0/24 snat ip to 192.0.2.9"], NftNetworkText.Chains("br0", rules).First().Rules);
        Assert.All(NftNetworkText.Chains("br0", rules).Skip(1), c => Assert.Empty(c.Rules));
    }

    [Fact]
    public void OutsidersDoNotReachTheServer()
    {
        var input = NftNetworkText.Chains("br0", new BridgeRules(new FamilyRules(Four) { Filter = true, Dns = true }, null)).Single(c => c.Name == "in.br0").Rules.ToList();
        Assert.True(input.IndexOf("iifname \"br0\" udp dport 53 accept") < input.IndexOf("iifname != \"lo\" ip daddr 10.1.2.1 udp dport 53 drop"));
    }

    [Fact]
    public void ForwardsOfPorts()
    {
        var (listen, target) = (IPAddress.Parse("198.51.100.1"), IPAddress.Parse("192.0.2.3"));
        List<ForwardRule> rules =
        [
            new(listen, target, "tcp") { Ports = [(80, 80), (81, 81)] },
            new(listen, target, "udp") { Ports = [(80, 90)] },
            new(listen, target, "tcp") { Ports = [(82, 90), (83, 91), (84, 92)] },
            new(listen, IPAddress.Parse("192.0.2.2")),
        ];
        var chains = NftForwardText.Chains("br0", rules).ToDictionary(c => c.Name, c => c.Rules);
        Assert.Equal(
        [
            "ip daddr 198.51.100.1 tcp dport 80-81 dnat ip to 192.0.2.3",
            "ip daddr 198.51.100.1 udp dport 80 dnat ip to 192.0.2.3:90",
            "ip daddr 198.51.100.1 tcp dport 82 dnat ip to 192.0.2.3:90",
            "ip daddr 198.51.100.1 tcp dport 83 dnat ip to 192.0.2.3:91",
            "ip daddr 198.51.100.1 tcp dport 84 dnat ip to 192.0.2.3:92",
            "ip daddr 198.51.100.1 dnat ip to 192.0.2.2",
        ], chains["fwdprert.br0"]);
        Assert.Equal(chains["fwdprert.br0"], chains["fwdout.br0"]);
        Assert.Equal(
        [
            "ip saddr 192.0.2.3 ip daddr 192.0.2.3 tcp dport 80-81 masquerade",
            "ip saddr 192.0.2.3 ip daddr 192.0.2.3 udp dport 90 masquerade",
            "ip saddr 192.0.2.3 ip daddr 192.0.2.3 tcp dport 90-92 masquerade",
            "ip saddr 192.0.2.2 ip daddr 192.0.2.2 masquerade",
        ], chains["fwdpstrt.br0"]);
    }

    [Fact]
    public void ForwardsOfIpv6HaveBrackets() =>
        Assert.Equal(["ip6 daddr 2001:db8::5 tcp dport 80 dnat ip6 to [fd42::6]:8080"], NftForwardText.Chains("br0", [new(IPAddress.Parse("2001:db8::5"), IPAddress.Parse("fd42::6"), "tcp") { Ports = [(80, 8080)] }]).First().Rules);

    [Fact]
    public void RulesOfLists()
    {
        var rules = new AclRules(
        [
            new(true, "allow") { Sources = ["192.168.1.2/32"], Destinations = ["192.168.1.1-192.168.1.3"], Protocol = "tcp", DestinationPorts = ["22", "2222-2223"] },
            new(false, "drop") { Destinations = ["10.0.0.0/8", "fd00::/8"] },
            new(false, "reject") { Protocol = "udp", SourcePorts = ["53"], LogName = "br0-egress-2" },
            new(false, "allow") { Protocol = "icmp4", IcmpType = "8", IcmpCode = "0" },
            new(true, "allow"),
        ]) { Egress = "drop", EgressLogged = true };
        Assert.Equal(
        [
            "ct state established,related accept",
            "oifname \"br0\" ip saddr 192.168.1.2/32 ip daddr 192.168.1.1-192.168.1.3 tcp dport { 22, 2222-2223 } accept",
            "iifname \"br0\" ip daddr 10.0.0.0/8 drop",
            "iifname \"br0\" ip6 daddr fd00::/8 drop",
            "iifname \"br0\" udp sport 53 log prefix \"br0-egress-2 \" reject",
            "iifname \"br0\" ip protocol icmp icmp type 8 icmp code 0 accept",
            "oifname \"br0\" accept",
            "iifname \"br0\" log prefix \"br0-egress \" drop",
            "oifname \"br0\" reject",
        ], NftAclText.Chains("br0", rules).Single(c => c.Name == "acl.br0").Rules);
    }

    [Fact]
    public void ChainsWithoutRulesGo()
    {
        var text = NftFirewall.Text([new("a", "type filter hook input priority 0;", ["accept"]), new("b", "type filter hook input priority 0;", [])]);
        Assert.Contains("add chain inet lxd a { type filter hook input priority 0; policy accept; }\nflush chain inet lxd a\n", text);
        Assert.Contains("add chain inet lxd b\nflush chain inet lxd b\n", text);
        Assert.Contains("delete chain inet lxd b\n", text);
        Assert.EndsWith("add rule inet lxd a accept\n", text);
    }

    [Theory]
    [InlineData("22,80-90", "22,80-90")]
    [InlineData("80-90,22,85", "22,80-90")]
    [InlineData("80-90,85-95", "80-95")]
    public void PortsOfASetDoNotOverlap(string ports, string expected) => Assert.Equal(expected, string.Join(',', Disjoint.Ports(ports.Split(','))));

    [Theory]
    [InlineData("10.0.0.0/8,192.0.2.1", "10.0.0.0/8,192.0.2.1")]
    [InlineData("10.0.0.0/8,10.1.0.0/16,192.0.2.1", "10.0.0.0/8,192.0.2.1")]
    [InlineData("10.0.0.5-10.0.0.9,10.0.0.8-10.0.0.20", "10.0.0.5-10.0.0.20")]
    [InlineData("fd42::/64,fd42::5", "fd42::/64")]
    public void AddressesOfASetDoNotOverlap(string addresses, string expected) => Assert.Equal(expected, string.Join(',', Disjoint.Addresses(addresses.Split(','))));
}
