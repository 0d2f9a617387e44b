using Lxd.Core;
using Lxd.Linux.IdMaps;

namespace Lxd.Daemon.Instances.Devices.Nics;

/// <summary>The NICs of all instances, of whom no two may claim the same.</summary>
internal sealed class NicPeers(InstanceStore store)
{
    /// <summary>Whether a NIC other than this one is so.</summary>
    public async Task<bool> AnyOtherAsync(DeviceContext device, Func<DeviceContext, bool> is_, CancellationToken ct) =>
        Others(device, await store.ListAsync(new InstanceFilter(), ct).ConfigureAwait(false)).Any(is_);

    /// <summary>Throws where another NIC of the same bridge and VLAN has this one's hardware address, static addresses or name.</summary>
    public async Task CheckConflictsAsync(NicContext nic, bool names, CancellationToken ct)
    {
        var instance = nic.Device.Instance;
        List<string> claims = [nic.Hwaddr, .. ((IEnumerable<string>)[nic.Get("ipv4.address"), nic.Get("ipv6.address")]).Where(a => a is not ("" or "none"))];
        foreach (var other in Others(nic.Device, await store.ClaimingAsync(instance.Name, claims, ct).ConfigureAwait(false)).Where(o => IsBeside(nic, o)))
        {
            var hwaddr = other.Get("hwaddr") is { Length: > 0 } own ? own : other.Volatile("hwaddr");
            if (hwaddr.Length > 0 && string.Equals(hwaddr, nic.Hwaddr, StringComparison.OrdinalIgnoreCase))
            {
                throw ApiException.Conflict($"MAC address \"{nic.Hwaddr}\" already defined on another NIC");
            }

            foreach (var key in (IEnumerable<string>)["ipv4.address", "ipv6.address"])
            {
                if (nic.Get(key) is not ("" or "none") && nic.Get(key) == other.Get(key))
                {
                    throw ApiException.Conflict($"IP address \"{nic.Get(key)}\" already defined on another NIC");
                }
            }

            if (names && other.Instance.Name == instance.Name)
            {
                throw ApiException.Conflict($"Instance DNS name \"{instance.Name}\" conflict between \"{nic.Device.Name}\" and \"{other.Name}\" because both are connected to same network");
            }
        }
    }

    private static IEnumerable<DeviceContext> Others(DeviceContext device, IEnumerable<InstanceRecord> instances)
    {
        // The instance itself as it is to be, not as it is recorded.
        foreach (var instance in instances.Where(i => i.Id != device.Instance.Id).Append(device.Instance))
        {
            foreach (var (name, config) in instance.ExpandedDevices.Where(d => d.Value.GetValueOrDefault("type") == "nic" && (instance.Id != device.Instance.Id || d.Key != device.Name)))
            {
                yield return new DeviceContext(instance, name, config, IdMap.Empty);
            }
        }
    }

    private static bool IsBeside(NicContext nic, DeviceContext other) =>
        (other.Get("network") == nic.Parent || other.Get("parent") == nic.Parent && other.Get("nictype") == "bridged") && other.Get("vlan") == nic.Get("vlan");
}
