using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Lxd.Core.Config;
using Lxd.Network.Bridges;
using Lxd.Network.Dns;

namespace Lxd.Daemon.Networks.Zones;

/// <summary>What a zone holds: gateways and instances of the networks that name it, and the records users added.</summary>
internal sealed class ZoneContents(NetworkNeeds with, ZoneStore store, NetworkService networks, ZoneService zones, Func<CancellationToken, Task<IReadOnlyList<string>>> projects)
{
    /// <summary>The zone as it is now; null where there is none of the name.</summary>
    public async Task<DnsZone?> FindAsync(string name, CancellationToken ct)
    {
        var all = await store.ListAsync(null, ct).ConfigureAwait(false);
        if (all.Find(z => z.Name.Equals(name, StringComparison.OrdinalIgnoreCase)) is not { } zone)
        {
            return null;
        }

        var servers = zone.Get("dns.nameservers").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        List<DnsRecord> records = [.. servers.Select(s => new DnsRecord(zone.Name, "NS", DnsZone.RecordTtl, s.TrimEnd('.') + "."))];
        foreach (var network in (await networks.ListAllAsync(ct).ConfigureAwait(false)).Where(n => n.Type == "bridge"))
        {
            if (ZoneService.Zones(network, ZoneService.Forward).Contains(zone.Name))
            {
                records.AddRange((await AddressesAsync(network, zone, ct).ConfigureAwait(false))
                    .Select(a => new DnsRecord($"{a.Name}.{zone.Name}", a.Address.AddressFamily == AddressFamily.InterNetwork ? "A" : "AAAA", DnsZone.RecordTtl, a.Address.ToString())));
            }

            foreach (var key in ZoneService.Reverse.Where(k => network.Config.GetValueOrDefault(k) == zone.Name))
            {
                records.AddRange(await BackAsync(network, zone, key.EndsWith('4'), all, ct).ConfigureAwait(false));
            }
        }

        foreach (var record in await store.RecordsAsync(zone.Id, ct).ConfigureAwait(false))
        {
            records.AddRange(record.Entries.Select(e => new DnsRecord(record.Name == "@" ? zone.Name : $"{record.Name}.{zone.Name}", e.Type, e.Ttl == 0 ? DnsZone.RecordTtl : (uint)e.Ttl, e.Value)));
        }

        return new DnsZone(zone.Name, servers.FirstOrDefault() ?? $"hostmaster.{zone.Name}", Peers(zone), records);
    }

    /// <summary>The addresses on a network that a zone is about: those of the projects that use the zone's project.</summary>
    private async Task<List<(string Name, IPAddress Address)>> AddressesAsync(NetworkRecord network, ZoneRecord zone, CancellationToken ct)
    {
        var nat = zone.Get("network.nat") is var wanted && !Checks.IsFalse(wanted);
        var spec = new BridgeSpec(network.Name, "", network.Config);
        var instances = (await with.Store.NicsAsync(network.Name, ct).ConfigureAwait(false)).Select(n => (n.Project, n.Instance)).ToHashSet();
        var found = new List<(string, IPAddress)>();
        foreach (var project in await projects(ct).ConfigureAwait(false))
        {
            if (await zones.ProjectAsync(project, ct).ConfigureAwait(false) != zone.Project)
            {
                continue;
            }

            // What a stranger on the network calls itself is not told to the world.
            foreach (var lease in (await networks.LeasesAsync(project, network, ct).ConfigureAwait(false)).Where(l => l.Type == "gateway" || instances.Contains((l.Project, l.Hostname))))
            {
                if (IPAddress.TryParse(lease.Address, out var address) && (nat || !spec.IsTrue(address.AddressFamily == AddressFamily.InterNetwork ? "ipv4.nat" : "ipv6.nat")))
                {
                    found.Add((lease.Hostname, address));
                }
            }
        }

        return found;
    }

    /// <summary>The way back: names of all projects that the network has a forward zone for.</summary>
    private async Task<List<DnsRecord>> BackAsync(NetworkRecord network, ZoneRecord zone, bool ipv4, List<ZoneRecord> all, CancellationToken ct)
    {
        var records = new List<DnsRecord>();
        foreach (var forward in ZoneService.Zones(network, ZoneService.Forward).Select(n => all.Find(z => z.Name == n)).OfType<ZoneRecord>())
        {
            foreach (var (name, address) in await AddressesAsync(network, forward, ct).ConfigureAwait(false))
            {
                var back = Reversed(address);
                if (ipv4 == (address.AddressFamily == AddressFamily.InterNetwork) && back.EndsWith("." + zone.Name, StringComparison.OrdinalIgnoreCase))
                {
                    records.Add(new DnsRecord(back, "PTR", DnsZone.RecordTtl, $"{name}.{forward.Name}."));
                }
            }
        }

        return records;
    }

    internal static string Reversed(IPAddress address)
    {
        var bytes = address.GetAddressBytes();
        return address.AddressFamily == AddressFamily.InterNetwork
            ? string.Join('.', bytes.Reverse().Select(b => b.ToString(CultureInfo.InvariantCulture))) + ".in-addr.arpa"
            : string.Join('.', bytes.Reverse().SelectMany(b => (string[])[(b & 0xf).ToString("x", CultureInfo.InvariantCulture), (b >> 4).ToString("x", CultureInfo.InvariantCulture)])) + ".ip6.arpa";
    }

    private static List<DnsPeer> Peers(ZoneRecord zone) =>
        [.. zone.Config.Keys.Where(k => k.StartsWith("peers.", StringComparison.Ordinal)).Select(k => k["peers.".Length..k.LastIndexOf('.')]).Distinct()
            .Select(p => new DnsPeer(p, zone.Config.GetValueOrDefault($"peers.{p}.address", ""), zone.Config.GetValueOrDefault($"peers.{p}.key", "")))];
}
