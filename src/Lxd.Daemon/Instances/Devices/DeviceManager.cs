using Lxd.Core;
using Lxd.Core.Config;
using Lxd.Daemon.Instances.Devices.Nodes;
using Lxd.Linux.IdMaps;
using Lxd.Runtime;
using Microsoft.Extensions.Logging;

namespace Lxd.Daemon.Instances.Devices;

/// <summary>The devices of instances: their checks, what a start needs of them, plugging and unplugging.</summary>
internal sealed class DeviceManager(IReadOnlyList<IDevice> types, InstanceStore store, DeviceMonitor monitor, ILogger log)
{
    /// <summary>The types there are, by their names; those that no instance of this server can have left out.</summary>
    public IEnumerable<string> Types => types.Where(t => t is not UnsupportedDevice).Select(t => t.Type);

    /// <summary>Throws for the first device that cannot be.</summary>
    public async Task CheckAsync(InstanceRecord instance, CancellationToken ct)
    {
        try
        {
            DeviceTypes.Validate(instance.ExpandedDevices);
        }
        catch (ApiException e)
        {
            throw ApiException.BadRequest("Invalid devices: " + e.Message, e);
        }

        if (instance.ExpandedDevices.Values.Count(InstanceRecord.IsRoot) > 1)
        {
            throw ApiException.BadRequest("Invalid devices: Failed detecting root disk device: More than one root device found");
        }

        foreach (var device in All(instance, IdMap.Empty))
        {
            try
            {
                var type = TypeOf(device);
                if (instance.Type != "profile" && type.OnlyFor.Length > 0 && type.OnlyFor != instance.Type)
                {
                    throw ApiException.BadRequest("Unsupported device type");
                }

                await type.CheckAsync(device, ct).ConfigureAwait(false);
            }
            catch (ApiException e)
            {
                throw new ApiException(e.Status == 404 ? 404 : 400, $"Invalid devices: Device validation failed for \"{device.Name}\": {e.Message}", e);
            }
        }
    }

    /// <summary>Prepares all devices for a start, in the order of their names with the disks in the order of their paths. A failure leaves none prepared.</summary>
    public async Task<DeviceRun> StartAllAsync(InstanceRecord instance, IdMap map, CancellationToken ct)
    {
        await using var undo = new Rollback(e => log.DeviceStopFailed("", instance.Name, e));
        var run = DeviceRun.Empty;
        foreach (var device in All(instance, map))
        {
            var own = await StartAsync(device, ct).ConfigureAwait(false);
            undo.Add(() => TypeOf(device).StopAsync(device.With(own.Volatile), CancellationToken.None));
            run = run.With(own);
        }

        undo.Commit();
        Watch(instance, map);
        return run;
    }

    /// <summary>Takes the host side of all devices down after the instance went down; one that fails does not stop the others.</summary>
    public async Task<Dictionary<string, string?>> StopAllAsync(InstanceRecord instance)
    {
        var cleared = new Dictionary<string, string?>();
        foreach (var device in All(instance, IdMap.Empty))
        {
            try
            {
                await TypeOf(device).StopAsync(device, CancellationToken.None).ConfigureAwait(false);
            }
            catch (Exception e)
            {
                log.DeviceStopFailed(device.Name, instance.Name, e);
            }

            monitor.Unwatch(device);
            ClearRun(device, cleared);
        }

        return cleared;
    }

    /// <summary>Looks out for what the devices of a running instance wait for.</summary>
    public void Watch(InstanceRecord instance, IdMap map)
    {
        foreach (var device in All(instance, map))
        {
            if (TypeOf(device) is IHotDevice hot)
            {
                monitor.Watch(device, hot);
            }
        }
    }

    /// <summary>What a device of a running instance waits for has come or gone.</summary>
    public async Task RefreshAsync(InstanceRecord instance, string name, IdMap map, ILiveInstance live, CancellationToken ct)
    {
        if (instance.ExpandedDevices.ContainsKey(name) && TypeOf(Context(instance, name, map)) is IHotDevice hot)
        {
            await hot.RefreshAsync(Context(instance, name, map), live, ct).ConfigureAwait(false);
        }
    }

    /// <summary>What the devices consist of while the instance runs.</summary>
    public DeviceRun Describe(InstanceRecord instance) => All(instance, IdMap.Empty).Aggregate(DeviceRun.Empty, (run, device) => run.With(TypeOf(device).Describe(device)));

    /// <summary>The volatile keys the devices want recorded, those that are there already left out.</summary>
    public async Task<Dictionary<string, string>> FillAsync(InstanceRecord instance, CancellationToken ct)
    {
        var keys = new Dictionary<string, string>();
        foreach (var device in All(instance, IdMap.Empty))
        {
            foreach (var (key, value) in (await TypeOf(device).FillAsync(device, ct).ConfigureAwait(false)).Where(p => !instance.Config.ContainsKey(p.Key)))
            {
                keys[key] = value;
            }
        }

        return keys;
    }

    /// <summary>Throws for the first device a user changes that gets in the way of another instance's.</summary>
    public async Task CheckPeersAsync(InstanceRecord before, InstanceRecord after, CancellationToken ct)
    {
        foreach (var device in All(after, IdMap.Empty).Where(d => !(before.ExpandedDevices.TryGetValue(d.Name, out var old) && Same(old, after.ExpandedDevices[d.Name]))))
        {
            try
            {
                await TypeOf(device).CheckPeersAsync(device, ct).ConfigureAwait(false);
            }
            catch (ApiException e)
            {
                throw new ApiException(e.Status, $"Invalid devices: Device validation failed for \"{device.Name}\": {e.Message}", e);
            }
        }
    }

    /// <summary>Records what all devices of a new instance need; returns the instance anew.</summary>
    public async Task<InstanceRecord> AddAllAsync(InstanceRecord instance, CancellationToken ct)
    {
        foreach (var device in All(instance, IdMap.Empty))
        {
            await TypeOf(device).ChangedAsync(device with { WithInstance = true }, ct).ConfigureAwait(false);
        }

        return await store.GetAsync(instance.Project, instance.Name, ct).ConfigureAwait(false);
    }

    /// <summary>The instance is gone, or has another name: what others keep of its devices is written anew.</summary>
    public async Task ForgetAllAsync(InstanceRecord instance, bool gone, CancellationToken ct)
    {
        foreach (var device in All(instance, IdMap.Empty))
        {
            await TypeOf(device).ChangedAsync(device with { WithInstance = gone }, ct).ConfigureAwait(false);
            if (gone)
            {
                await TypeOf(device).RemovedAsync(device, ct).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Brings the devices of an instance from one set to another, while it runs where <paramref name="live"/> is given.
    /// Returns the volatile keys to record. A failure puts back what was unplugged.</summary>
    public async Task<Dictionary<string, string?>> ChangeAsync(InstanceRecord before, InstanceRecord after, IdMap map, ILiveInstance? live, CancellationToken ct)
    {
        var record = new Dictionary<string, string?>();
        var old = before.ExpandedDevices;
        var now = after.ExpandedDevices;
        CheckRoot(before, after);
        await using var undo = new Rollback(e => log.DeviceStopFailed("", after.Name, e));
        var replaced = old.Where(o => now.TryGetValue(o.Key, out var next) && !Same(o.Value, next)).Select(o => o.Key).ToList();
        var updated = replaced.Where(n => old[n].GetValueOrDefault("type") == now[n].GetValueOrDefault("type") && TypeOf(Context(before, n, map)).CanUpdate(old[n], now[n])).ToList();
        foreach (var name in old.Keys.Where(n => !now.ContainsKey(n) || replaced.Contains(n) && !updated.Contains(n)))
        {
            var device = Context(before, name, map);
            if (live is not null)
            {
                await UnplugAsync(device, TypeOf(device).Describe(device), live, ct).ConfigureAwait(false);
                undo.Add(async () =>
                {
                    var again = await PlugAsync(device, live, CancellationToken.None).ConfigureAwait(false);
                    await store.SetConfigAsync(before.Id, again.Volatile, CancellationToken.None).ConfigureAwait(false);
                });
            }

            await ForgetAsync(device, now.ContainsKey(name) ? Context(after, name, map) : null, record, ct).ConfigureAwait(false);
        }

        foreach (var name in updated)
        {
            await TypeOf(Context(after, name, map)).UpdateAsync(Context(before, name, map), Context(after, name, map), ct).ConfigureAwait(false);
            undo.Add(() => TypeOf(Context(before, name, map)).UpdateAsync(Context(after, name, map), Context(before, name, map), CancellationToken.None));
        }

        foreach (var name in now.Keys.Where(n => !old.ContainsKey(n) || replaced.Contains(n) && !updated.Contains(n)))
        {
            // A device in place of another of its name starts without what that one has recorded.
            var device = Context(after, name, map).With(record);
            if (live is not null)
            {
                var run = await PlugAsync(device, live, ct).ConfigureAwait(false);
                undo.Add(() => UnplugAsync(device.With(run.Volatile), run, live, CancellationToken.None));
                foreach (var (key, value) in run.Volatile)
                {
                    record[key] = value;
                }
            }
        }

        undo.Commit();
        return record;
    }

    /// <summary>Tells those that keep something of the devices, after the change is recorded.</summary>
    public async Task ChangedAsync(InstanceRecord before, InstanceRecord after, CancellationToken ct)
    {
        foreach (var name in before.ExpandedDevices.Keys.Union(after.ExpandedDevices.Keys).ToList())
        {
            var old = before.ExpandedDevices.GetValueOrDefault(name);
            var now = after.ExpandedDevices.GetValueOrDefault(name);
            if (old is not null && now is not null && Same(old, now))
            {
                continue;
            }

            if (old is not null)
            {
                var device = Context(before, name, IdMap.Empty);
                await TypeOf(device).ChangedAsync(device, ct).ConfigureAwait(false);
                if (now is null)
                {
                    await TypeOf(device).RemovedAsync(device, ct).ConfigureAwait(false);
                }
            }

            if (now is not null)
            {
                var device = Context(after, name, IdMap.Empty);
                await TypeOf(device).ChangedAsync(device, ct).ConfigureAwait(false);
            }
        }
    }

    private async Task<DeviceRun> PlugAsync(DeviceContext device, ILiveInstance live, CancellationToken ct)
    {
        await using var undo = new Rollback(e => log.DeviceStopFailed(device.Name, device.Instance.Name, e));
        var run = await StartAsync(device with { Hot = true }, ct).ConfigureAwait(false);
        undo.Add(() => TypeOf(device).StopAsync(device.With(run.Volatile), CancellationToken.None));
        foreach (var nic in run.Nics)
        {
            await live.AddNicAsync(nic, ct).ConfigureAwait(false);
        }

        foreach (var node in run.Nodes)
        {
            await live.AddDeviceAsync(node, ct).ConfigureAwait(false);
        }

        foreach (var mount in run.Mounts)
        {
            await live.MountAsync(mount, ct).ConfigureAwait(false);
        }

        foreach (var after in run.AfterStart)
        {
            await after(live, ct).ConfigureAwait(false);
        }

        undo.Commit();
        if (TypeOf(device) is IHotDevice hot)
        {
            monitor.Watch(device, hot);
        }

        return run;
    }

    private async Task UnplugAsync(DeviceContext device, DeviceRun run, ILiveInstance live, CancellationToken ct)
    {
        monitor.Unwatch(device);
        foreach (var mount in run.Mounts)
        {
            await live.UnmountAsync(mount.Target, ct).ConfigureAwait(false);
        }

        foreach (var node in run.Nodes)
        {
            await live.RemoveDeviceAsync(node, ct).ConfigureAwait(false);
        }

        foreach (var nic in run.Nics)
        {
            await live.RemoveNicAsync(nic, ct).ConfigureAwait(false);
        }

        await TypeOf(device).StopAsync(device, ct).ConfigureAwait(false);
    }

    private async Task<DeviceRun> StartAsync(DeviceContext device, CancellationToken ct)
    {
        try
        {
            return await TypeOf(device).StartAsync(device, ct).ConfigureAwait(false);
        }
        catch (ApiException e)
        {
            throw new ApiException(e.Status, $"Failed starting device \"{device.Name}\": {e.Message}", e);
        }
        catch (IOException e)
        {
            throw ApiException.Internal($"Failed starting device \"{device.Name}\": {e.Message}", e);
        }
    }

    /// <summary>The root disk cannot leave nor change its pool.</summary>
    public static void CheckRoot(InstanceRecord before, InstanceRecord after)
    {
        if (before.RootDisk() is not { } old)
        {
            return;
        }

        if (after.RootDisk() is not { } now)
        {
            throw ApiException.BadRequest("Invalid devices: Failed detecting root disk device: No root device could be found");
        }

        if (old.Value.GetValueOrDefault("pool") != now.Value.GetValueOrDefault("pool"))
        {
            throw ApiException.BadRequest($"Cannot update root disk device pool name to \"{now.Value.GetValueOrDefault("pool")}\"");
        }
    }

    private static void ClearRun(DeviceContext device, Dictionary<string, string?> record)
    {
        foreach (var key in device.Instance.Config.Keys.Where(k => k == device.VolatileKey("host_name") || k == device.VolatileKey("name") || k.StartsWith(device.VolatileKey("last_state."), StringComparison.Ordinal)))
        {
            record[key] = null;
        }
    }

    /// <summary>A device that left takes its volatile keys along; what the one in its place would have recorded anyhow it may keep.</summary>
    private async Task ForgetAsync(DeviceContext device, DeviceContext? now, Dictionary<string, string?> record, CancellationToken ct)
    {
        var own = device.Instance.Config.Keys.Where(k => k.StartsWith($"volatile.{device.Name}.", StringComparison.Ordinal)).ToDictionary(k => k, _ => (string?)null);
        var kept = now is null ? [] : (await TypeOf(now).FillAsync(now.With(own), ct).ConfigureAwait(false)).Keys.ToHashSet();
        foreach (var key in own.Keys.Where(k => !kept.Contains(k)))
        {
            record[key] = null;
        }
    }

    private static bool Same(Dictionary<string, string> a, Dictionary<string, string> b) =>
        a.Count == b.Count && a.All(p => b.TryGetValue(p.Key, out var value) && value == p.Value);

    private static IEnumerable<DeviceContext> All(InstanceRecord instance, IdMap map) =>
        instance.ExpandedDevices.OrderBy(d => d.Value.GetValueOrDefault("path", ""), StringComparer.Ordinal).ThenBy(d => d.Key, StringComparer.Ordinal).Select(d => new DeviceContext(instance, d.Key, d.Value, map));

    private static DeviceContext Context(InstanceRecord instance, string name, IdMap map) => new(instance, name, instance.ExpandedDevices[name], map);

    private IDevice TypeOf(DeviceContext device) =>
        types.FirstOrDefault(t => t.Type == device.Get("type")) ?? throw ApiException.BadRequest($"Unsupported device type \"{device.Get("type")}\"");
}
