using System.Net;
using System.Net.Sockets;
using Lxd.Network.Bridges;

namespace Lxd.Network.Tests.Bridges;

public sealed class BridgeTests
{
    [Fact]
    public void ASubnetKnowsItsRange()
    {
        var subnet = Subnet.Parse("10.1.2.1/24", AddressFamily.InterNetwork);
        Assert.Equal("10.1.2.0/24", subnet.Cidr);
        Assert.Equal((IPAddress.Parse("10.1.2.2"), IPAddress.Parse("10.1.2.254")), subnet.Range());
        Assert.True(subnet.Contains(IPAddress.Parse("10.1.2.77")));
        Assert.False(subnet.Contains(IPAddress.Parse("10.1.3.1")));
        Assert.Equal("fd42::/64", Subnet.Parse("fd42::1/64", AddressFamily.InterNetworkV6).Cidr);
    }

    [Theory]
    [InlineData("10.1.2.1")]
    [InlineData("10.1.2.1/40")]
    [InlineData("fd42::1/64")]
    [InlineData("x/24")]
    public void BadSubnetsAreRefused(string text) => Assert.Throws<Lxd.Core.ApiException>(() => Subnet.Parse(text, AddressFamily.InterNetwork));

    [Fact]
    public void HostsAndLeasesAreFiles()
    {
        var directory = Directory.CreateTempSubdirectory("bridge").FullName;
        try
        {
            var bridge = new BridgeSpec("br0", directory, new Dictionary<string, string> { ["ipv4.address"] = "10.1.2.1/24" });
            HostFiles.Replace(bridge, [new StaticHost("c1.eth0", "00:16:3e:00:00:01", "c1", "10.1.2.3", "")]);
            Assert.Equal("00:16:3e:00:00:01,10.1.2.3,c1\n", File.ReadAllText(Path.Combine(bridge.HostsDirectory, "c1.eth0")));
            HostFiles.Replace(bridge, []);
            Assert.Empty(Directory.EnumerateFiles(bridge.HostsDirectory));
            File.WriteAllText(bridge.LeaseFile, "1700000000 00:16:3e:00:00:01 10.1.2.3 c1 *\nduid 00:01\n1700000000 123 fd42::2 c1 00:01\n");
            Assert.Equal(["10.1.2.3", "fd42::2"], Leases.Read(bridge).Select(l => l.Address));
        }
        finally
        {
            Directory.Delete(directory, true);
        }
    }
}
