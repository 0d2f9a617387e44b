using Lxd.Integration.Tests.Lab;

namespace Lxd.Integration.Tests;

/// <summary>A real distribution with systemd on the bridge.</summary>
public sealed class DebianTests
{
    [Fact]
    public async Task BootsGetsAnAddressResolvesANeighbourAndShutsDownCleanly()
    {
        await using var server = await LabServer.StartReadyAsync("debian");
        var sh = server.Shell;
        await sh.RunAsync($"lxc image import {await Images.DebianAsync()} --alias deb");
        await sh.RunAsync("lxc launch bb neighbour && lxc launch deb d1");
        await sh.RunAsync("lxc exec d1 -- sh -c 'for i in $(seq 300); do [ -S /run/dbus/system_bus_socket ] && break; sleep 0.2; done; systemctl is-system-running --wait'");
        await sh.RunAsync("lxc exec d1 -- sh -c 'for i in $(seq 300); do ip -4 -o addr show dev eth0 | grep -q inet && exit 0; sleep 0.2; done; exit 1'");
        await sh.RunAsync("lxc exec neighbour -- sh -c 'for i in $(seq 300); do ifconfig eth0 | grep -q inet.addr && exit 0; sleep 0.2; done; exit 1'");
        Assert.Matches(@"10\.", await sh.RunAsync("lxc list -f csv -c 4 d1"));
        await sh.RunAsync("lxc exec d1 -- sh -c 'for i in $(seq 50); do getent hosts neighbour.lxd && exit 0; sleep 0.2; done; exit 1'");
        await sh.RunAsync("lxc exec d1 -- ping -c1 -W5 neighbour.lxd");
        await sh.RunAsync("lxc stop d1 --timeout 120");
        Assert.Equal("STOPPED\n", await sh.RunAsync("lxc list -f csv -c s d1"));
        await sh.RunAsync("lxc delete d1 && lxc delete -f neighbour && lxc image delete deb");
    }
}
