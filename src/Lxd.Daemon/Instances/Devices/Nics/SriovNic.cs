using System.Globalization;
using Lxd.Core;
using Lxd.Linux.Processes;
using Lxd.Network.Nics;
using Lxd.Runtime;

namespace Lxd.Daemon.Instances.Devices.Nics;

/// <summary>A virtual function of a card that has some.</summary>
internal sealed class SriovNic(HostSide host) : INicType
{
    public string Name => "sriov";

    public IReadOnlyCollection<string> Live => [];

    public void Check(NicContext nic) => NicChecks.OnParent(nic);

    public async Task<DeviceRun> StartAsync(NicContext nic, CancellationToken ct)
    {
        var parent = nic.Parent;
        if (host.Links.Find(parent) is null)
        {
            throw ApiException.BadRequest($"Parent device \"{parent}\" doesn't exist");
        }

        if (!int.TryParse(Sysctl.ReadLink(parent, "device/sriov_totalvfs"), NumberStyles.None, CultureInfo.InvariantCulture, out var total) || total == 0)
        {
            throw ApiException.BadRequest($"Parent device \"{parent}\" doesn't support SR-IOV");
        }

        var (number, name) = Free(parent, total) ?? throw ApiException.BadRequest($"No free virtual function on parent device \"{parent}\"");
        var link = host.Links.Find(name)!;
        var device = nic.Device;
        List<string> settings = ["vlan", nic.Inherited("vlan") is { Length: > 0 } vlan ? vlan : "0", "spoofchk", nic.IsTrue("security.mac_filtering") ? "on" : "off"];
        await ProcessRunner.RunAsync("ip", ["link", "set", "dev", parent, "vf", number.ToString(CultureInfo.InvariantCulture), "mac", nic.Hwaddr, .. settings], ct).ConfigureAwait(false);
        host.Links.Change(name, new Lxd.Linux.Netlink.LinkOptions { Up = false });
        host.Links.Change(name, new Lxd.Linux.Netlink.LinkOptions { Hwaddr = nic.Hwaddr, Mtu = int.TryParse(nic.Inherited("mtu"), out var mtu) ? mtu : null });
        return new DeviceRun
        {
            Nics = [PhysicalNic.Spec(device, name)],
            Volatile = new Dictionary<string, string?>
            {
                [device.VolatileKey("host_name")] = name,
                [device.VolatileKey("last_state.vf.id")] = number.ToString(CultureInfo.InvariantCulture),
                [device.VolatileKey("last_state.hwaddr")] = link.Hwaddr,
                [device.VolatileKey("last_state.mtu")] = link.Mtu.ToString(CultureInfo.InvariantCulture),
            },
        };
    }

    public Task UpdateAsync(NicContext before, NicContext after, CancellationToken ct) => Task.CompletedTask;

    public Task StopAsync(NicContext nic) => new PhysicalNic(host).StopAsync(nic);

    /// <summary>The first function with an interface that is on the host and down; the card is told to have all of its functions when none is left.</summary>
    private (int Number, string Name)? Free(string parent, int total)
    {
        for (var attempt = 0; attempt < 2; attempt++)
        {
            for (var i = 0; i < total; i++)
            {
                var directory = $"/sys/class/net/{parent}/device/virtfn{i.ToString(CultureInfo.InvariantCulture)}/net";
                if (Directory.Exists(directory) && Directory.EnumerateDirectories(directory).Select(Path.GetFileName).FirstOrDefault() is { } name && host.Links.Find(name) is { IsUp: false })
                {
                    return (i, name);
                }
            }

            if (Sysctl.ReadLink(parent, "device/sriov_numvfs") != "0")
            {
                // Functions in use would lose their cards if the number changed.
                return null;
            }

            File.WriteAllText($"/sys/class/net/{parent}/device/sriov_numvfs", total.ToString(CultureInfo.InvariantCulture));
        }

        return null;
    }
}
