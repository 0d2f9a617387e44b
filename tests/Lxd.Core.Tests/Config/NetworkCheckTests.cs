using Lxd.Core.Config;

namespace Lxd.Core.Tests.Config;

public sealed class NetworkCheckTests
{
    [Fact]
    public void GoodValuesPass()
    {
        NetworkChecks.Ipv4Host("10.0.0.1/24");
        NetworkChecks.Ipv6Host("fd42::1/64");
        NetworkChecks.Ipv4Network("10.0.0.0/24");
        NetworkChecks.List(NetworkChecks.Ipv4Range)("10.0.0.5-10.0.0.9, 10.0.0.20-10.0.0.30");
        NetworkChecks.Or(NetworkChecks.Ipv4Host, "none")("none");
        NetworkChecks.ExternalInterfaces("eth1, eth1.5/eth1/5");
        NetworkChecks.HardwareAddress("00:16:3e:00:00:01");
    }

    [Theory]
    [InlineData("foo", "invalid CIDR address: foo")]
    [InlineData("10.0.0.1", "invalid CIDR address: 10.0.0.1")]
    [InlineData("10.0.0.0/24", "Not a usable IPv4 address \"10.0.0.0/24\"")]
    [InlineData("10.0.0.255/24", "Not a usable IPv4 address \"10.0.0.255/24\"")]
    [InlineData("fd42::1/64", "Not an IPv4 address \"fd42::1/64\"")]
    public void BadHosts(string value, string words) => Expect(words, () => NetworkChecks.Ipv4Host(value));

    [Theory]
    [InlineData("x", "Item \"x\": IP range must contain start and end IP addresses")]
    [InlineData("10.0.0.1-foo", "Item \"10.0.0.1-foo\": Not an IPv4 address \"foo\"")]
    public void BadRanges(string value, string words) => Expect(words, () => NetworkChecks.List(NetworkChecks.Ipv4Range)(value));

    [Theory]
    [InlineData("toolonginterfacename", "Invalid interface name \"toolonginterfacename\": Network interface is too long (maximum 15 characters)")]
    [InlineData("a/b", "Invalid interface name \"a/b\": Network interface contains invalid characters")]
    [InlineData("eth1.5/eth1/5000", "Out of VLAN ID range (0-4094) \"5000\"")]
    public void BadInterfaces(string value, string words) => Expect(words, () => NetworkChecks.ExternalInterfaces(value));

    private static void Expect(string words, Action check) => Assert.Equal(words, Assert.Throws<ApiException>(check).Message);
}
