using System.Net;
using System.Net.Sockets;
using Lxd.Network.Bridges;
using Lxd.Network.Firewalls;

namespace Lxd.Network.Tests.Firewalls;

public sealed class XtablesTests
{
    [Fact]
    public void OldRulesGoAndNewOnesComeInOneChange()
    {
        const string present = """
            -P POSTROUTING ACCEPT
            -A POSTROUTING -s 10.0.0.0/24 -m comment --comment "generated for LXD network br0" -j MASQUERADE
            -A POSTROUTING -s 10.9.0.0/24 -m comment --comment "generated for LXD network br00" -j MASQUERADE
            """;
        var family = new FamilyRules(Subnet.Parse("10.1.2.1/24", AddressFamily.InterNetwork)) { Nat = true, NatLast = true };
        var text = XtablesFirewall.Text("nat", "network br0", present, XtNetworkText.Rules("br0", new BridgeRules(family, null), 4), "", null);
        Assert.Equal("""
            *nat
            -D POSTROUTING -s 10.0.0.0/24 -m comment --comment "generated for LXD network br0" -j MASQUERADE
            -A POSTROUTING -s 10.1.2.0/24 ! -d 10.1.2.0/24 -m comment --comment "generated for LXD network br0" -j MASQUERADE
            COMMIT

            """, text);
    }

    [Fact]
    public void ForwardsOfPorts()
    {
        var (listen, target) = (IPAddress.Parse("198.51.100.1"), IPAddress.Parse("192.0.2.3"));
        var rules = XtForwardText.Rules([new(listen, target, "tcp") { Ports = [(80, 80), (81, 81)] }, new(listen, IPAddress.Parse("192.0.2.2"))], 4).ToList();
        Assert.Contains(new XtRule("nat", "PREROUTING", "-d 198.51.100.1 -p tcp -m tcp --dport 80:81", "DNAT --to-destination 192.0.2.3"), rules);
        Assert.Contains(new XtRule("nat", "POSTROUTING", "-s 192.0.2.2 -d 192.0.2.2", "MASQUERADE"), rules);
        Assert.Equal("-d 198.51.100.1", rules[0].Match);
        Assert.Empty(XtForwardText.Rules([new(listen, target)], 6));
    }

    [Fact]
    public void RulesOfLists()
    {
        var rules = new AclRules([new(true, "allow") { Sources = ["192.168.1.2/32", "fd00::/8"], Protocol = "tcp", DestinationPorts = ["22", "2222-2223"] }]);
        Assert.Equal(
        [
            "-m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT",
            "-s 192.168.1.2/32 -o br0 -p tcp -m multiport --dports 22,2222:2223 -j ACCEPT",
            "-i br0 -j REJECT",
            "-o br0 -j REJECT",
        ], XtAclText.Rules("br0", rules, 4));
    }
}
