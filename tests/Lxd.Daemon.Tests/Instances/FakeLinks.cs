using System.Net;
using Lxd.Linux.Netlink;
using Lxd.Network.Nics;

namespace Lxd.Daemon.Tests.Instances;

/// <summary>Links that are only written down.</summary>
internal sealed class FakeLinks : INicLinks
{
    private readonly Dictionary<string, Link> _links = new() { ["lxdbr0"] = new(1, "lxdbr0", "bridge", "00:16:3e:00:00:01", 1500, 1000, true, 0) };

    public List<string> Log { get; } = [];

    public Link? Find(string name) => _links.GetValueOrDefault(name);

    public void AddVeth(VethPair pair)
    {
        _links[pair.Host] = new Link(_links.Count + 1, pair.Host, "veth", "", pair.HostMtu, 1000, true, 0);
        _links[pair.Peer] = new Link(_links.Count + 1, pair.Peer, "veth", pair.Hwaddr, pair.PeerMtu, 1000, false, 0);
        Log.Add($"veth {pair.Bridge} {pair.PeerMtu} {pair.Hwaddr}");
    }

    public void AddOn(string parent, string mode, LinkOptions link) => _links[link.Name!] = new Link(_links.Count + 1, link.Name!, mode.Length > 0 ? "ipvlan" : "macvlan", link.Hwaddr ?? "", link.Mtu ?? 0, 0, false, 0);

    public Task<bool> AddVlanAsync(string parent, string name, int id, bool gvrp, CancellationToken ct) => Task.FromResult(_links.TryAdd(name, new Link(_links.Count + 1, name, "vlan", "", 1500, 0, true, 0)));

    public void Change(string name, LinkOptions options) => Log.Add($"change {name}");

    public Task DeleteAsync(string name)
    {
        _links.Remove(name);
        return Task.CompletedTask;
    }

    public void Route(string link, IReadOnlyCollection<Cidr> remove, IReadOnlyCollection<Cidr> add, uint table = 254)
    {
        if (remove.Count + add.Count > 0)
        {
            Log.Add($"route {link} -{string.Join(',', remove)} +{string.Join(',', add)}");
        }
    }

    public void AddAddress(string link, Cidr address)
    {
    }

    public void Proxy(string link, IReadOnlyCollection<Cidr> addresses, bool on) => Log.Add($"proxy {link} {string.Join(',', addresses)} {on}");

    public Task<bool> IsTakenAsync(string link, IPAddress address, CancellationToken ct) => Task.FromResult(false);

    public void SetPort(string port, PortOptions options) => Log.Add($"port {options.Isolated}");
}

internal sealed class FakeRules : INicRules
{
    public List<string> Log { get; } = [];

    public Task ShapeAsync(string link, NicRates rates, CancellationToken ct) => Note($"rates {rates.Ingress} {rates.Egress}");

    public Task FilterAsync(NicFilter filter, CancellationToken ct) => Note($"filter {filter.Owner} {string.Join(',', filter.Ipv4 ?? [])}");

    public Task UnfilterAsync(string owner, CancellationToken ct) => Note($"unfilter {owner}");

    public Task PrioritizeAsync(string instance, string link, int? priority, CancellationToken ct) => Note($"priority {priority}");

    private Task Note(string text)
    {
        Log.Add(text);
        return Task.CompletedTask;
    }
}
