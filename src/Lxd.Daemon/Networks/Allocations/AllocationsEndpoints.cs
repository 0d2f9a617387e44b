using System.Net;
using System.Net.Sockets;
using Lxd.Core;
using Lxd.Core.Api;
using Lxd.Daemon.Http;
using Lxd.Daemon.Networks.Forwards;
using Lxd.Network.Bridges;

namespace Lxd.Daemon.Networks.Allocations;

/// <summary><c>GET /1.0/network-allocations</c>: the addresses that networks, forwards and instances have.</summary>
internal sealed class AllocationsEndpoints(NetworkNeeds with, NetworkService networks, ForwardStore forwards)
{
    public void Map(Router router) => router.Map("GET", "/1.0/network-allocations", Access.Trusted, ListAsync);

    private async Task<Response> ListAsync(Request request, CancellationToken ct)
    {
        if (!request.AllProjects)
        {
            request.Caller.CheckProject(request.Project);
        }
        else if (request.Caller.Projects is not null)
        {
            throw ApiException.Forbidden("Certificate is restricted");
        }

        var all = request.AllProjects ? await networks.ListAllAsync(ct).ConfigureAwait(false) : await networks.ListAsync(request.Project, ct).ConfigureAwait(false);
        var found = new List<NetworkAllocations>();
        foreach (var network in all.Where(n => n.Type == "bridge" && request.May(Entity.Of(EntityKind.Network, n.Project, n.Name), "can_view")))
        {
            found.AddRange(await OfNetworkAsync(network, ct).ConfigureAwait(false));
            found.AddRange((await OfInstancesAsync(network, ct).ConfigureAwait(false)).Where(i => request.Caller.May(Entity.Instance(i.Project, i.Name), "can_view")).Select(i => i.Allocation));
        }

        return Response.Filtered(found);
    }

    private async Task<List<NetworkAllocations>> OfNetworkAsync(NetworkRecord network, CancellationToken ct)
    {
        var spec = new BridgeSpec(network.Name, "", network.Config);
        List<NetworkAllocations> found = [.. ((IEnumerable<Subnet?>)[spec.Ipv4, spec.Ipv6]).OfType<Subnet>().Select(s => Allocation(network, s.ToString(), "network", "", IsNat(spec, s.Address), Names.Url(network.Project, "1.0", "networks", network.Name)))];
        foreach (var forward in await forwards.ListAsync(network.Id, ct).ConfigureAwait(false))
        {
            found.Add(Allocation(network, Single(forward.ListenAddress), "network-forward", "", false, Names.Url(network.Project, "1.0", "networks", network.Name, "forwards", forward.ListenAddress)));
        }

        return found;
    }

    private async Task<List<(string Project, string Name, NetworkAllocations Allocation)>> OfInstancesAsync(NetworkRecord network, CancellationToken ct)
    {
        var spec = new BridgeSpec(network.Name, "", network.Config);
        var nics = await with.Store.NicsAsync(network.Name, ct).ConfigureAwait(false);
        var found = new List<(string, string, NetworkAllocations)>();
        foreach (var project in nics.Select(n => n.Project).Distinct())
        {
            foreach (var lease in (await networks.LeasesAsync(project, network, ct).ConfigureAwait(false)).Where(l => l.Type != "gateway" && nics.Exists(n => n.Project == l.Project && n.Instance == l.Hostname)))
            {
                var nat = IPAddress.TryParse(lease.Address, out var address) && IsNat(spec, address);
                found.Add((lease.Project, lease.Hostname, Allocation(network, Single(lease.Address), "instance", lease.Hwaddr, nat, Names.Url(lease.Project, "1.0", "instances", lease.Hostname))));
            }
        }

        return found;
    }

    private static bool IsNat(BridgeSpec spec, IPAddress address) => spec.IsTrue(address.AddressFamily == AddressFamily.InterNetwork ? "ipv4.nat" : "ipv6.nat");

    private static string Single(string address) => address + (address.Contains(':') ? "/128" : "/32");

    private static NetworkAllocations Allocation(NetworkRecord network, string addresses, string type, string hwaddr, bool nat, string usedBy) =>
        new() { Addresses = addresses, Type = type, Hwaddr = hwaddr, Nat = nat, UsedBy = usedBy, Network = network.Name };
}
