using System.Globalization;
using Lxd.Linux.IdMaps;

namespace Lxd.Daemon.Instances;

/// <summary>Which ids of the host an instance's ids are; isolated instances get a range of their own, kept until their configuration changes.</summary>
internal sealed class InstanceIdMaps(InstanceStore store, SubordinateIds ids)
{
    private readonly SemaphoreSlim _allocation = new(1, 1);

    /// <summary>The map for the next start, recorded in <c>volatile.idmap.*</c>; returns the instance anew.</summary>
    public async Task<(InstanceRecord Instance, IdMap Map)> AssignAsync(InstanceRecord instance, CancellationToken ct)
    {
        await _allocation.WaitAsync(ct).ConfigureAwait(false);
        try
        {
            var map = (await BaseAsync(instance, ct).ConfigureAwait(false)).With(instance.Get("raw.idmap"));
            var json = map.ToJson();
            var changes = new Dictionary<string, string?>
            {
                ["volatile.idmap.base"] = (instance.IsTrue("security.idmap.isolated") && map.Entries.Count > 0 ? map.Entries.Min(e => e.HostId) : 0).ToString(CultureInfo.InvariantCulture),
                ["volatile.idmap.current"] = json,
                ["volatile.idmap.next"] = json,
            };
            return changes.All(c => instance.Config.GetValueOrDefault(c.Key) == c.Value)
                ? (instance, map)
                : (await store.SetConfigAsync(instance.Id, changes, ct).ConfigureAwait(false), map);
        }
        finally
        {
            _allocation.Release();
        }
    }

    /// <summary>Throws where <c>raw.idmap</c> cannot be laid over the ids the instance has anyway.</summary>
    public void Check(InstanceRecord instance)
    {
        if (instance.Get("raw.idmap") is { Length: > 0 } raw && !instance.IsTrue("security.privileged") && !instance.IsTrue("security.idmap.isolated"))
        {
            ids.Shared().With(raw);
        }
    }

    /// <summary>The map an instance runs with, or will have at its next start; none for one that went.</summary>
    public async Task<IdMap> ExpectedAsync(long id, CancellationToken ct)
    {
        if ((await store.ListAsync(new InstanceFilter(Id: id), ct).ConfigureAwait(false)).FirstOrDefault() is not { } instance)
        {
            return IdMap.Empty;
        }

        return instance.Config.GetValueOrDefault("volatile.last_state.power") == "RUNNING" ? Current(instance) : (await BaseAsync(instance, ct).ConfigureAwait(false)).With(instance.Get("raw.idmap"));
    }

    /// <summary>The map a running instance was started with.</summary>
    public static IdMap Current(InstanceRecord instance) => IdMap.FromJson(instance.Config.GetValueOrDefault("volatile.idmap.current", ""));

    private async Task<IdMap> BaseAsync(InstanceRecord instance, CancellationToken ct)
    {
        if (instance.IsTrue("security.privileged"))
        {
            return IdMap.Empty;
        }

        if (!instance.IsTrue("security.idmap.isolated"))
        {
            return ids.Shared();
        }

        var size = instance.Number("security.idmap.size", SubordinateIds.DefaultSize);
        if (instance.Get("security.idmap.base") is { Length: > 0 } start)
        {
            return ids.At(long.Parse(start, CultureInfo.InvariantCulture), size);
        }

        var kept = IdMap.FromJson(instance.Config.GetValueOrDefault("volatile.idmap.next", ""));
        // Whose range was given out; one that is isolated only from its next start on still shares the ids of all.
        var others = (await store.ListAsync(new InstanceFilter(), ct).ConfigureAwait(false))
            .Where(i => i.Id != instance.Id && i.Config.GetValueOrDefault("volatile.idmap.base", "0") != "0")
            .SelectMany(i => IdMap.FromJson(i.Config.GetValueOrDefault("volatile.idmap.next", "")).Entries)
            .Select(e => (Start: e.HostId, e.Count)).Distinct().ToList();
        var own = kept.Entries.Where(e => e.Count == size && e.HostId != ids.Start).ToList();
        if (own.Count > 0 && kept.Entries.Sum(e => e.Count) % size == 0 && !others.Any(o => o.Start < own[0].HostId + size && own[0].HostId < o.Start + o.Count))
        {
            return ids.At(own[0].HostId, size);
        }

        return ids.Isolated(size, others);
    }
}
