using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using Lxd.Core;
using Lxd.Daemon.Events;
using Lxd.Daemon.Instances;
using Lxd.Daemon.Networks.Forwards;
using Lxd.Network.Bgp;
using Lxd.Network.Bridges;
using Lxd.Network.Nics;
using Microsoft.Extensions.Logging;

namespace Lxd.Daemon.Networks.Bgp;

/// <summary>Tells BGP peers what is reached through the bridges of this server. What there is to tell is worked out anew after every change, from the database.</summary>
internal sealed class BgpService : IAsyncDisposable
{
    public static readonly string[] Keys = ["core.bgp_address", "core.bgp_asn", "core.bgp_routerid"];
    private static readonly string[] InstanceActions = ["instance-started", "instance-stopped", "instance-shutdown", "instance-restarted", "instance-updated", "instance-deleted"];
    private readonly NetworkNeeds _with;
    private readonly NetworkService _networks;
    private readonly ForwardStore _forwards;
    private readonly InstanceStore _instances;
    private readonly BgpSpeaker _speaker;
    private readonly SemaphoreSlim _lock = new(1, 1);
    private CancellationTokenSource? _following;
    private BgpSettings? _settings;
    private IReadOnlyList<BgpPrefix> _prefixes = [];
    private IReadOnlyList<BgpPeerSpec> _peers = [];

    public BgpService(NetworkNeeds with, NetworkService networks, ForwardStore forwards, InstanceStore instances)
    {
        (_with, _networks, _forwards, _instances) = (with, networks, forwards, instances);
        _speaker = new BgpSpeaker((peer, why) => with.Logger.BgpSessionEnded(peer, why));
        networks.Changed.Add(NetworksChangedAsync);
    }

    /// <summary>Listens as the configuration says; not at all where a part of it is missing.</summary>
    public async Task UseAsync(Func<string, string> config, CancellationToken ct)
    {
        var settings = Settings(config);
        await _speaker.UseAsync(settings, ct).ConfigureAwait(false);
        _settings = settings;
        if (settings is null)
        {
            Unfollow();
        }
        else if (_following is null)
        {
            _following = new CancellationTokenSource();
            _ = FollowAsync(_following.Token);
        }

        await RefreshAsync(ct).ConfigureAwait(false);
    }

    /// <summary>The address to listen on may be that of a network which runs only now.</summary>
    private async Task NetworksChangedAsync(CancellationToken ct)
    {
        try
        {
            if (!_speaker.IsRunning)
            {
                await UseAsync(_with.Config.Get, ct).ConfigureAwait(false);
                return;
            }
        }
        catch (ApiException)
        {
            // Not yet: who set it was told, and the next change comes.
        }

        await RefreshAsync(ct).ConfigureAwait(false);
    }

    public async Task RefreshAsync(CancellationToken ct)
    {
        await _lock.WaitAsync(ct).ConfigureAwait(false);
        try
        {
            var bridges = (await _networks.ListAllAsync(ct).ConfigureAwait(false)).Where(n => n.Type == "bridge").ToList();
            var prefixes = new List<BgpPrefix>();
            foreach (var bridge in bridges)
            {
                prefixes.AddRange(OfBridge(bridge));
                foreach (var forward in await _forwards.ListAsync(bridge.Id, ct).ConfigureAwait(false))
                {
                    Add(prefixes, string.Create(CultureInfo.InvariantCulture, $"network_{bridge.Id}_forward"), forward.ListenAddress, bridge);
                }
            }

            await AddNicsAsync(prefixes, bridges, ct).ConfigureAwait(false);
            (_prefixes, _peers) = (prefixes, [.. bridges.SelectMany(Peers).DistinctBy(p => p.Address)]);
            await _speaker.TellAsync(_prefixes, _peers, ct).ConfigureAwait(false);
        }
        finally
        {
            _lock.Release();
        }
    }

    /// <summary>What is told, to whom.</summary>
    public async Task<JsonObject> DescribeAsync(CancellationToken ct)
    {
        await RefreshAsync(ct).ConfigureAwait(false);
        return new JsonObject
        {
            ["server"] = new JsonObject { ["address"] = _settings?.Address.ToString() ?? "", ["asn"] = _settings?.Asn ?? 0, ["router_id"] = _settings?.RouterId.ToString() ?? "", ["running"] = _speaker.IsRunning },
            ["prefixes"] = new JsonArray([.. _prefixes.Select(p => (JsonNode)new JsonObject { ["owner"] = p.Owner, ["prefix"] = $"{p.Network.Masked().Address}/{p.Network.Prefix}", ["nexthop"] = p.NextHop.ToString() })]),
            ["peers"] = new JsonArray([.. _peers.Select(p => (JsonNode)new JsonObject { ["address"] = p.Address.ToString(), ["asn"] = p.Asn, ["password"] = p.Password, ["count"] = 1, ["holdtime"] = p.HoldTime })]),
        };
    }

    public async ValueTask DisposeAsync()
    {
        Unfollow();
        await _speaker.DisposeAsync().ConfigureAwait(false);
    }

    private static BgpSettings? Settings(Func<string, string> config)
    {
        var (address, asn, router) = (config("core.bgp_address"), config("core.bgp_asn"), config("core.bgp_routerid"));
        if (!uint.TryParse(asn is "" ? "0" : asn, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number == uint.MaxValue)
        {
            throw ApiException.BadRequest($"Cannot set \"core.bgp_asn\" to \"{asn}\": Invalid value for an ASN");
        }

        if (router.Length > 0 && (router.Count(c => c == '.') != 3 || !IPAddress.TryParse(router, out _)))
        {
            throw ApiException.BadRequest($"Cannot set \"core.bgp_routerid\" to \"{router}\": Not an IPv4 address \"{router}\"");
        }

        return address.Length == 0 || number == 0 || router.Length == 0 ? null : new BgpSettings(Hosting.HttpsListener.Parse(address, BgpPeerSpec.DefaultPort), number, IPAddress.Parse(router));
    }

    /// <summary>Its networks where they are reached from outside, the addresses that stand for them where not.</summary>
    private static List<BgpPrefix> OfBridge(NetworkRecord bridge)
    {
        var prefixes = new List<BgpPrefix>();
        var spec = new BridgeSpec(bridge.Name, "", bridge.Config);
        foreach (var (family, subnet) in (ReadOnlySpan<(string, Subnet?)>)[("ipv4", spec.Ipv4), ("ipv6", spec.Ipv6)])
        {
            if (subnet is not null)
            {
                Add(prefixes, string.Create(CultureInfo.InvariantCulture, $"network_{bridge.Id}"), spec.IsTrue(family + ".nat") ? spec.Get(family + ".nat.address") : subnet.ToString(), bridge);
            }
        }

        return prefixes;
    }

    private async Task AddNicsAsync(List<BgpPrefix> prefixes, List<NetworkRecord> bridges, CancellationToken ct)
    {
        foreach (var instance in await _instances.ListAsync(new InstanceFilter(), ct).ConfigureAwait(false))
        {
            foreach (var (name, device) in instance.ExpandedDevices.Where(d => d.Value.GetValueOrDefault("type") == "nic" && instance.Config.ContainsKey($"volatile.{d.Key}.host_name")))
            {
                if (bridges.Find(b => b.Name == (device.GetValueOrDefault("network") ?? device.GetValueOrDefault("parent"))) is { } bridge)
                {
                    foreach (var route in (device.GetValueOrDefault("ipv4.routes.external", "") + "," + device.GetValueOrDefault("ipv6.routes.external", "")).Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
                    {
                        Add(prefixes, string.Create(CultureInfo.InvariantCulture, $"instance_{instance.Id}_{name}"), route, bridge);
                    }
                }
            }
        }
    }

    private static void Add(List<BgpPrefix> prefixes, string owner, string network, NetworkRecord bridge)
    {
        if (Cidr.TryParse(network, out var cidr))
        {
            var hop = bridge.Config.GetValueOrDefault(cidr.IsIpv6 ? "bgp.ipv6.nexthop" : "bgp.ipv4.nexthop", "");
            prefixes.Add(new BgpPrefix(owner, cidr.Masked(), IPAddress.TryParse(hop, out var address) ? address : cidr.IsIpv6 ? IPAddress.IPv6Any : IPAddress.Any));
        }
    }

    /// <summary>Those of which address and number are set.</summary>
    private static IEnumerable<BgpPeerSpec> Peers(NetworkRecord bridge)
    {
        foreach (var name in bridge.Config.Keys.Where(k => k.StartsWith("bgp.peers.", StringComparison.Ordinal)).Select(k => k.Split('.')[2]).Distinct().Order(StringComparer.Ordinal))
        {
            string Get(string key) => bridge.Config.GetValueOrDefault($"bgp.peers.{name}.{key}", "");
            if (IPAddress.TryParse(Get("address"), out var address) && uint.TryParse(Get("asn"), NumberStyles.None, CultureInfo.InvariantCulture, out var asn))
            {
                yield return new BgpPeerSpec(address, asn, Get("password"), int.TryParse(Get("holdtime"), NumberStyles.None, CultureInfo.InvariantCulture, out var hold) ? hold : BgpPeerSpec.DefaultHoldTime);
            }
        }
    }

    /// <summary>Instances that start and stop bring and take the networks behind them. Nobody follows them while nobody is told: events that nobody wants cost nothing.</summary>
    private async Task FollowAsync(CancellationToken ct)
    {
        using var subscription = _with.Events.Subscribe(e => e.Type == "lifecycle" && InstanceActions.Contains((string?)e.Metadata?["action"]), lossy: true);
        try
        {
            await foreach (var _ in subscription.Queue.Reader.ReadAllAsync(ct).ConfigureAwait(false))
            {
                await RefreshAsync(ct).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // Nobody is told any more.
        }
    }

    private void Unfollow()
    {
        _following?.Cancel();
        _following?.Dispose();
        _following = null;
    }
}
