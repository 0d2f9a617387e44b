using Lxd.Core;
using Lxd.Core.Api;
using Lxd.Core.Config;
using Lxd.Core.Config.Schemas;
using Lxd.Network.Dns;

namespace Lxd.Daemon.Networks.Zones;

/// <summary>DNS zones, and the records users add to them.</summary>
internal sealed class ZoneService
{
    public const string Forward = "dns.zone.forward";
    public static readonly string[] Reverse = ["dns.zone.reverse.ipv4", "dns.zone.reverse.ipv6"];
    private readonly NetworkNeeds _with;
    private readonly ZoneStore _store;

    public ZoneService(NetworkNeeds with, ZoneStore store, NetworkService networks)
    {
        (_with, _store) = (with, store);
        networks.Checks.Add(CheckAsync);
    }

    public async Task<List<NetworkZone>> ListAsync(string project, CancellationToken ct) => await RenderAsync(await _store.ListAsync(await ProjectAsync(project, ct).ConfigureAwait(false), ct).ConfigureAwait(false), ct).ConfigureAwait(false);

    public async Task<List<NetworkZone>> ListAllAsync(CancellationToken ct) => await RenderAsync(await _store.ListAsync(null, ct).ConfigureAwait(false), ct).ConfigureAwait(false);

    public async Task<NetworkZone> GetAsync(string project, string name, CancellationToken ct) =>
        (await ListAsync(project, ct).ConfigureAwait(false)).Find(z => z.Name == name) ?? throw ApiException.NotFound("Network zone not found");

    /// <summary>The project whose zones a project uses.</summary>
    public Task<string> ProjectAsync(string project, CancellationToken ct) => _with.Projects.EffectiveAsync(project, "features.networks.zones", ct);

    public async Task CreateAsync(string project, NetworkZonesPost post, OperationRequestor? requestor, CancellationToken ct)
    {
        CheckName(post.Name);
        var owner = await ProjectAsync(project, ct).ConfigureAwait(false);
        await CheckAllowedAsync(project, post.Name, ct).ConfigureAwait(false);
        CheckConfig(post.Config);
        await _store.InsertAsync(new ZoneRecord(0, owner, post.Name, post.Description, post.Config), ct).ConfigureAwait(false);
        Tell("network-zone-created", owner, post.Name, requestor);
    }

    public async Task UpdateAsync(string project, string name, NetworkZonePut put, OperationRequestor? requestor, CancellationToken ct)
    {
        var zone = await FindAsync(project, name, ct).ConfigureAwait(false);
        CheckConfig(put.Config);
        await _store.UpdateAsync(zone with { Description = put.Description, Config = put.Config }, ct).ConfigureAwait(false);
        Tell("network-zone-updated", zone.Project, name, requestor);
    }

    public async Task DeleteAsync(string project, string name, OperationRequestor? requestor, CancellationToken ct)
    {
        if ((await GetAsync(project, name, ct).ConfigureAwait(false)).UsedBy.Count > 0)
        {
            throw ApiException.BadRequest("Cannot delete a zone that is in use");
        }

        var zone = await FindAsync(project, name, ct).ConfigureAwait(false);
        await _store.DeleteAsync(zone.Id, ct).ConfigureAwait(false);
        Tell("network-zone-deleted", zone.Project, name, requestor);
    }

    public async Task<List<NetworkZoneRecord>> RecordsAsync(string project, string zone, CancellationToken ct) => await _store.RecordsAsync((await FindAsync(project, zone, ct).ConfigureAwait(false)).Id, ct).ConfigureAwait(false);

    public async Task<NetworkZoneRecord> RecordAsync(string project, string zone, string name, CancellationToken ct) =>
        (await RecordsAsync(project, zone, ct).ConfigureAwait(false)).Find(r => r.Name == name) ?? throw ApiException.NotFound("Network zone record not found");

    public async Task AddRecordAsync(string project, string zone, NetworkZoneRecordsPost post, OperationRequestor? requestor, CancellationToken ct)
    {
        CheckName(post.Name);
        var owner = await FindAsync(project, zone, ct).ConfigureAwait(false);
        var record = Checked(new NetworkZoneRecord { Name = post.Name, Description = post.Description, Config = post.Config, Entries = post.Entries }, owner);
        await _store.InsertRecordAsync(owner.Id, record, ct).ConfigureAwait(false);
        TellRecord("network-zone-record-created", owner, post.Name, requestor);
    }

    public async Task UpdateRecordAsync(string project, string zone, string name, NetworkZoneRecordPut put, OperationRequestor? requestor, CancellationToken ct)
    {
        var owner = await FindAsync(project, zone, ct).ConfigureAwait(false);
        await _store.UpdateRecordAsync(owner.Id, Checked(new NetworkZoneRecord { Name = name, Description = put.Description, Config = put.Config, Entries = put.Entries }, owner), ct).ConfigureAwait(false);
        TellRecord("network-zone-record-updated", owner, name, requestor);
    }

    public async Task DeleteRecordAsync(string project, string zone, string name, OperationRequestor? requestor, CancellationToken ct)
    {
        var owner = await FindAsync(project, zone, ct).ConfigureAwait(false);
        await RecordAsync(project, zone, name, ct).ConfigureAwait(false);
        await _store.DeleteRecordAsync(owner.Id, name, ct).ConfigureAwait(false);
        TellRecord("network-zone-record-deleted", owner, name, requestor);
    }

    public static List<string> Zones(NetworkRecord network, string key) => [.. network.Config.GetValueOrDefault(key, "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)];

    /// <summary>A network only refers to zones there are: forward ones of different projects, one for each way back.</summary>
    private async Task CheckAsync(NetworkRecord network, CancellationToken ct)
    {
        var forward = Zones(network, Forward);
        var reverse = Reverse.Select(k => network.Config.GetValueOrDefault(k, "")).Where(z => z.Length > 0).ToList();
        if (forward.Count + reverse.Count == 0)
        {
            return;
        }

        var known = await _store.ListAsync(null, ct).ConfigureAwait(false);
        var projects = new HashSet<string>();
        foreach (var name in forward)
        {
            var zone = known.Find(z => z.Name == name) ?? throw ApiException.BadRequest($"Failed to load network zone \"{name}\": Network zone not found");
            if (!projects.Add(zone.Project))
            {
                throw ApiException.BadRequest($"Invalid {Forward}, contains multiple zones from the same project");
            }
        }

        if (reverse.Find(name => !known.Exists(z => z.Name == name)) is { } missing)
        {
            throw ApiException.BadRequest($"Failed to load network zone \"{missing}\": Network zone not found");
        }
    }

    private static void CheckName(string name)
    {
        if (name.Length == 0)
        {
            throw ApiException.BadRequest("No name provided");
        }

        if (name.StartsWith('/') || name.Any(c => char.IsWhiteSpace(c) || char.IsControl(c)))
        {
            throw ApiException.BadRequest($"Invalid name \"{name}\"");
        }
    }

    private static void CheckConfig(IReadOnlyDictionary<string, string> config)
    {
        NetworkKeys.Zone.Validate(config);
        foreach (var (key, value) in config.Where(c => c.Key.StartsWith("peers.", StringComparison.Ordinal) && c.Key.EndsWith(".key", StringComparison.Ordinal) && c.Value.Length > 0))
        {
            if (!Convert.TryFromBase64String(value, new byte[value.Length], out _))
            {
                throw ApiException.BadRequest($"Invalid value for network zone option \"{key}\": Not a key in base64");
            }
        }
    }

    /// <summary>A restricted project has zones below its domains only.</summary>
    private async Task CheckAllowedAsync(string project, string zone, CancellationToken ct)
    {
        var config = (await _with.Projects.GetAsync(project, ct).ConfigureAwait(false)).Config;
        if (!Checks.IsTrue(config.GetValueOrDefault("restricted")))
        {
            return;
        }

        var domains = config.GetValueOrDefault("restricted.networks.zones", "block").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (domains is ["block"] || !domains.Any(d => zone == d || zone.EndsWith("." + d, StringComparison.Ordinal)))
        {
            throw ApiException.BadRequest($"Project \"{project}\" is not allowed to use the network zone \"{zone}\"");
        }
    }

    private static NetworkZoneRecord Checked(NetworkZoneRecord record, ZoneRecord zone)
    {
        if (record.Config.Keys.FirstOrDefault(k => !k.StartsWith("user.", StringComparison.Ordinal)) is { } key)
        {
            throw ApiException.BadRequest($"Invalid network zone record configuration key \"{key}\"");
        }

        var seen = new HashSet<(string, string)>();
        foreach (var entry in record.Entries)
        {
            if (!seen.Add((entry.Type, entry.Value)))
            {
                throw ApiException.BadRequest($"Duplicate record for type \"{entry.Type}\" and value \"{entry.Value}\"");
            }

            if (entry.Type.Equals("SOA", StringComparison.OrdinalIgnoreCase) || entry.Ttl > int.MaxValue || DnsData.Encode(entry.Type, entry.Value) is null)
            {
                throw ApiException.BadRequest($"Bad zone record entry: {record.Name}.{zone.Name}. {entry.Ttl} IN {entry.Type} {entry.Value}");
            }
        }

        return record;
    }

    private async Task<List<NetworkZone>> RenderAsync(List<ZoneRecord> zones, CancellationToken ct)
    {
        var networks = await _with.Store.ListAsync(null, ct).ConfigureAwait(false);
        return zones.ConvertAll(z => new NetworkZone
        {
            Name = z.Name,
            Description = z.Description,
            Project = z.Project,
            Config = z.Config,
            UsedBy = [.. networks.Where(n => ((IEnumerable<string>)[Forward, .. Reverse]).Any(k => Zones(n, k).Contains(z.Name))).Select(n => Names.Url(n.Project, "1.0", "networks", n.Name))],
        });
    }

    private async Task<ZoneRecord> FindAsync(string project, string name, CancellationToken ct) =>
        (await _store.ListAsync(await ProjectAsync(project, ct).ConfigureAwait(false), ct).ConfigureAwait(false)).Find(z => z.Name == name) ?? throw ApiException.NotFound("Network zone not found");

    private void Tell(string action, string project, string name, OperationRequestor? requestor) => _with.Events.Lifecycle(action, project, Names.Url(project, "1.0", "network-zones", name), requestor, null, name);

    private void TellRecord(string action, ZoneRecord zone, string name, OperationRequestor? requestor) =>
        _with.Events.Lifecycle(action, zone.Project, Names.Url(zone.Project, "1.0", "network-zones", zone.Name, "records", name), requestor, null, name);
}
