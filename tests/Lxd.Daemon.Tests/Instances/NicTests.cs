namespace Lxd.Daemon.Tests.Instances;

public sealed class NicTests
{
    private const string Eth0 = """
        ,"devices":{"eth0":{"type":"nic","nictype":"bridged","parent":"lxdbr0"
        """;

    [Fact]
    public async Task ANicIsMadeOnTheHostAndMovesIn()
    {
        await using var lab = await InstanceLab.StartAsync();
        await lab.CreateAsync("c1", Eth0 + ""","ipv4.routes":"192.0.2.7/32","limits.ingress":"1Mbit","limits.priority":"5","security.ipv4_filtering":"true"}}""");
        await lab.StateAsync("c1", "start");
        var nic = Assert.Single(lab.Driver.SpecOf("c1").Nics);
        Assert.Equal("eth0", nic.Name);
        var config = (await lab.Daemon.GetAsync("/1.0/instances/c1"))!["config"]!;
        Assert.Equal(nic.Hwaddr, (string)config["volatile.eth0.hwaddr"]!);
        Assert.Equal("10.1.2.77", (string)config["volatile.eth0.last_state.ip_addresses"]!);
        var host = (string)config["volatile.eth0.host_name"]!;
        Assert.NotNull(lab.Networks.Links.Find(host));
        Assert.Equal(["filter c1.eth0 10.1.2.77,192.0.2.7", "rates 1000000 0", "priority 5"], lab.Rules);
        await lab.StateAsync("c1", "stop", true);
        Assert.Null(lab.Networks.Links.Find(host));
        Assert.Equal(["priority ", "unfilter c1.eth0"], lab.Rules[3..]);
        config = (await lab.Daemon.GetAsync("/1.0/instances/c1"))!["config"]!;
        Assert.Null(config["volatile.eth0.host_name"]);
        Assert.Null(config["volatile.eth0.last_state.ip_addresses"]);
    }

    [Fact]
    public async Task AddressesOfIpvlanInModeL2AreInSubnets()
    {
        await using var lab = await InstanceLab.StartAsync();
        await lab.CreateAsync("c1", ""","devices":{"eth0":{"type":"nic","nictype":"ipvlan","parent":"lxdbr0","mode":"l2","ipv4.address":"192.0.2.7,198.51.100.1/32","ipv6.address":"2001:db8::7"}}""");
        await lab.StateAsync("c1", "start");
        Assert.Equal(["192.0.2.7/24", "198.51.100.1/32", "2001:db8::7/64"], Assert.Single(lab.Driver.SpecOf("c1").Nics).Addresses);
    }

    [Fact]
    public async Task AFailedStartLeavesNoLink()
    {
        await using var lab = await InstanceLab.StartAsync();
        await lab.CreateAsync("c1", Eth0 + ""","host_name":"vethx"}}""");
        lab.Driver.FailStart = "no";
        await lab.FailAsync("PUT", "/1.0/instances/c1/state", """{"action":"start"}""");
        Assert.Null(lab.Networks.Links.Find("vethx"));
        Assert.Null((await lab.Daemon.GetAsync("/1.0/instances/c1"))!["config"]!["volatile.eth0.host_name"]);
    }

    /// <summary>The record of an instance that is going down by itself tells of the pair that its monitor gives back in the end: no verb may forget it.</summary>
    [Theory]
    [InlineData("PUT", "/state", """{"action":"start"}""")]
    [InlineData("DELETE", "", "{}")]
    [InlineData("POST", "", """{"name":"c2"}""")]
    [InlineData("PATCH", "", """{"devices":{"eth0":{"type":"none"}}}""")]
    public async Task AVerbOnAnInstanceThatGoesDownWaitsForItsEnd(string method, string path, string body)
    {
        await using var lab = await InstanceLab.StartAsync();
        await lab.CreateAsync("c1", Eth0 + "}}");
        await lab.StateAsync("c1", "start");
        var host = (string)(await lab.Daemon.GetAsync("/1.0/instances/c1"))!["config"]!["volatile.eth0.host_name"]!;
        var domain = lab.Daemon.Daemon.Instances;
        var id = (await domain.Store.GetAsync("default", "c1", default)).Id;
        lab.Driver.Die("c1");
        var verb = Task.Run(async () => await lab.Daemon.SendAsync(method, "/1.0/instances/c1" + path, body) is (202, { } started) ? (int)(await lab.Daemon.GetAsync((string)started["operation"]! + "/wait"))!["status_code"]! : 200);
        while (domain.With.Locks.VerbOf(id) is null && !verb.IsCompleted)
        {
            await Task.Yield();
        }

        Assert.False(verb.IsCompleted);
        Assert.NotNull(lab.Networks.Links.Find(host));
        lab.Driver.End("c1");
        Assert.Equal(200, await verb.WaitAsync(TimeSpan.FromMinutes(1)));
        Assert.Null(lab.Networks.Links.Find(host));
    }

    /// <summary>What a client has read of an earlier run, or a snapshot holds of one, does not replace what the daemon knows of this one.</summary>
    [Fact]
    public async Task WhatIsNotedOfARunStays()
    {
        await using var lab = await InstanceLab.StartAsync();
        await lab.CreateAsync("c1", Eth0 + "}}");
        await lab.StateAsync("c1", "start");
        await lab.DoAsync("POST", "/1.0/instances/c1/snapshots", """{"name":"s"}""");
        var read = (await lab.Daemon.GetAsync("/1.0/instances/c1"))!;
        await lab.StateAsync("c1", "restart", true);
        var host = await HostAsync();
        Assert.NotEqual(host, (string)read["config"]!["volatile.eth0.host_name"]!);
        await lab.DoAsync("PUT", "/1.0/instances/c1", read.ToJsonString());
        Assert.Equal(host, await HostAsync());
        await lab.StateAsync("c1", "stop", true);
        await lab.DoAsync("PUT", "/1.0/instances/c1", """{"restore":"s"}""");
        Assert.Null(await HostAsync());

        async Task<string?> HostAsync() => (string?)(await lab.Daemon.GetAsync("/1.0/instances/c1"))!["config"]!["volatile.eth0.host_name"];
    }

    [Fact]
    public async Task TwoNicsOfABridgeCannotClaimTheSame()
    {
        await using var lab = await InstanceLab.StartAsync();
        await lab.CreateAsync("c1", Eth0 + ""","ipv4.address":"10.1.2.9"}}""");
        await lab.CreateAsync("c2", Eth0 + "}}");
        var (status, error) = await lab.FailAsync("PATCH", "/1.0/instances/c2", """{"devices":{"eth0":{"type":"nic","nictype":"bridged","parent":"lxdbr0","ipv4.address":"10.1.2.9"}}}""");
        Assert.Equal(409, status);
        Assert.Contains("IP address \"10.1.2.9\" already defined on another NIC", error);
        (_, error) = await lab.FailAsync("PATCH", "/1.0/instances/c2", """{"devices":{"eth1":{"type":"nic","network":"lxdbr0"}}}""");
        Assert.Contains("DNS name", error);
    }

    [Theory]
    [InlineData(""","ipv4.address":"10.9.9.9"}}""", "not within network")]
    [InlineData(""","ipv6.address":"fd42::9"}}""", "DHCP")]
    [InlineData(""","vlan.tagged":"4-3"}}""", "Invalid VLAN ID")]
    [InlineData(""","vlan":"2","vlan.tagged":"1-3"}}""", "cannot be the same")]
    [InlineData(""","vlan":"2","security.ipv4_filtering":"true"}}""", "VLANs")]
    [InlineData(""","ipv4.routes":"192.0.2.1/33"}}""", "Invalid CIDR")]
    [InlineData(""","hwaddr":"zz"}}""", "Invalid MAC")]
    [InlineData(""","host_name":"a\"b"}}""", "Invalid interface name")]
    [InlineData(""","limits.ingress":"fast"}}""", "limits.ingress")]
    [InlineData(""","network":"lxdbr0"}}""", "in conjunction with \"network\"")]
    public async Task WhatCannotBeIsRefused(string more, string words)
    {
        await using var lab = await InstanceLab.StartAsync();
        var (status, error) = await lab.FailAsync("POST", "/1.0/instances", $$"""{"name":"c1","source":{"type":"none"}{{Eth0}}{{more}}}""");
        Assert.Equal(400, status);
        Assert.Contains(words, error);
    }
}
