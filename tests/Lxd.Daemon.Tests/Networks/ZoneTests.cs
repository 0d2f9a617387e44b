using System.Net;
using Lxd.Daemon.Networks.Zones;

namespace Lxd.Daemon.Tests.Networks;

public sealed class ZoneTests
{
    [Theory]
    [InlineData("192.0.2.7", "7.2.0.192.in-addr.arpa")]
    [InlineData("fd42:4242:4242:1010::42", "2.4.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.1.0.1.2.4.2.4.2.4.2.4.2.4.d.f.ip6.arpa")]
    public void TheWayBackIsTheAddressBackwards(string address, string name) => Assert.Equal(name, ZoneContents.Reversed(IPAddress.Parse(address)));

    [Fact]
    public async Task ZonesAndTheirRecordsAreKept()
    {
        await using var daemon = await TestDaemon.StartAsync();
        Assert.Equal(201, (await daemon.SendAsync("POST", "/1.0/network-zones", """{"name":"example.net","description":"d","config":{"user.a":"b"}}""")).Status);
        Assert.Equal(409, (await daemon.SendAsync("POST", "/1.0/network-zones", """{"name":"example.net"}""")).Status);
        Assert.Equal(400, (await daemon.SendAsync("POST", "/1.0/network-zones", """{"name":"/example.net"}""")).Status);
        Assert.Equal(400, (await daemon.SendAsync("POST", "/1.0/network-zones", """{"name":"b.net","config":{"no.such":"x"}}""")).Status);
        Assert.Equal(400, (await daemon.SendAsync("POST", "/1.0/network-zones", """{"name":"b.net","config":{"peers.a.key":"no base64!"}}""")).Status);
        Assert.Equal("[\"/1.0/network-zones/example.net\"]", (await daemon.GetAsync("/1.0/network-zones"))!.ToJsonString());

        const string records = "/1.0/network-zones/example.net/records";
        Assert.Equal(201, (await daemon.SendAsync("POST", records, """{"name":"www","entries":[{"type":"A","value":"192.0.2.1","ttl":900}]}""")).Status);
        Assert.Equal(400, (await daemon.SendAsync("POST", records, """{"name":"bad","entries":[{"type":"A","value":"2001:db8::1"}]}""")).Status);
        Assert.Equal(400, (await daemon.SendAsync("PUT", records + "/www", """{"entries":[{"type":"A","value":"192.0.2.1"},{"type":"A","value":"192.0.2.1"}]}""")).Status);
        Assert.Equal(200, (await daemon.SendAsync("PATCH", records + "/www", """{"config":{"user.k":"v"}}""")).Status);
        var record = (await daemon.GetAsync(records + "/www"))!;
        Assert.Equal(("v", "192.0.2.1", 900), ((string)record["config"]!["user.k"]!, (string)record["entries"]![0]!["value"]!, (int)record["entries"]![0]!["ttl"]!));
        Assert.Equal(200, (await daemon.SendAsync("DELETE", records + "/www")).Status);
        Assert.Equal(404, (await daemon.SendAsync("GET", records + "/www")).Status);
        Assert.Equal(200, (await daemon.SendAsync("DELETE", "/1.0/network-zones/example.net")).Status);
        Assert.Equal(404, (await daemon.SendAsync("GET", "/1.0/network-zones/example.net")).Status);
    }

    [Fact]
    public async Task ARestrictedProjectHasZonesOfItsDomainsOnly()
    {
        await using var daemon = await TestDaemon.StartAsync();
        Assert.Equal(201, (await daemon.SendAsync("POST", "/1.0/projects", """{"name":"p","config":{"features.networks.zones":"true","restricted":"true","restricted.networks.zones":"example.net"}}""")).Status);
        Assert.Equal(400, (await daemon.SendAsync("POST", "/1.0/network-zones?project=p", """{"name":"example.org"}""")).Status);
        Assert.Equal(400, (await daemon.SendAsync("POST", "/1.0/network-zones?project=p", """{"name":"badexample.net"}""")).Status);
        Assert.Equal(201, (await daemon.SendAsync("POST", "/1.0/network-zones?project=p", """{"name":"a.example.net"}""")).Status);
        Assert.Equal("[]", (await daemon.GetAsync("/1.0/network-zones"))!.ToJsonString());
        Assert.Equal("[\"/1.0/network-zones/a.example.net?project=p\"]", (await daemon.GetAsync("/1.0/network-zones?all-projects=true"))!.ToJsonString());
        Assert.Equal(400, (await daemon.SendAsync("DELETE", "/1.0/projects/p")).Status);
        Assert.Equal(201, (await daemon.SendAsync("POST", "/1.0/network-acls?project=p", """{"name":"a"}""")).Status);
        await daemon.SendAsync("DELETE", "/1.0/projects/p?force=1");
        Assert.Equal("[]", (await daemon.GetAsync("/1.0/network-zones?all-projects=true"))!.ToJsonString());
        Assert.Equal(404, (await daemon.SendAsync("GET", "/1.0/projects/p")).Status);
    }

    [Fact]
    public async Task NothingIsAllocatedWhereThereAreNoNetworks()
    {
        await using var daemon = await TestDaemon.StartAsync();
        Assert.Equal("[]", (await daemon.GetAsync("/1.0/network-allocations"))!.ToJsonString());
    }
}
