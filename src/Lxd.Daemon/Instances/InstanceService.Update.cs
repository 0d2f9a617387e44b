using Lxd.Core;
using Lxd.Core.Api;
using Lxd.Core.Config;
using Lxd.Daemon.DevLxd;
using Lxd.Runtime;

namespace Lxd.Daemon.Instances;

internal sealed partial class InstanceService
{
    /// <summary>Keys whose change means that cloud-init has to run anew.</summary>
    private static readonly string[] CloudInit = ["user.meta-data", "user.network-config", "user.user-data", "user.vendor-data"];

    /// <summary>The fields a PUT replaces.</summary>
    public static InstancePut Editable(InstanceRecord instance) => new()
    {
        Architecture = instance.Architecture,
        Config = instance.Config,
        Description = instance.Description,
        Devices = instance.Devices,
        Ephemeral = instance.Ephemeral,
        Profiles = instance.Profiles,
        Stateful = instance.Stateful,
    };

    /// <summary>Replaces an instance's configuration; a running one takes it at once where it can. A failure leaves the old one.</summary>
    /// <param name="change">What it shall be, from what it is when it is this one's turn.</param>
    public async Task UpdateAsync(InstanceRecord instance, Func<InstanceRecord, InstancePut> change, OperationRequestor? requestor, CancellationToken ct)
    {
        using var lease = await with.Locks.WaitAsync(instance.Id, "update", ct).ConfigureAwait(false);
        var before = await ReloadAsync(instance, ct).ConfigureAwait(false);
        var put = change(before);
        var config = NonEmpty(put.Config);
        config.Remove(Unfinished); // from somebody who read it meanwhile
        if (IsRunning(before))
        {
            // Somebody may send what he read before the instance was started anew: what this run has on the host would be forgotten.
            foreach (var key in config.Keys.Where(IsOfRun).ToList())
            {
                config.Remove(key);
            }
        }

        foreach (var (key, value) in before.Config.Where(c => IsKept(c.Key)))
        {
            config.TryAdd(key, value);
        }

        var wanted = before with
        {
            Architecture = put.Architecture.Length > 0 ? DatabaseCodes.Canonical(put.Architecture) : before.Architecture,
            Config = config,
            Description = put.Description,
            Devices = put.Devices.ToDictionary(d => d.Key, d => NonEmpty(d.Value)),
            Ephemeral = put.Ephemeral,
            Profiles = put.Profiles,
        };
        var after = await ExpandAsync(wanted, ct).ConfigureAwait(false);
        // First: that it cannot move says more than what stands against the pool it would move to.
        Devices.DeviceManager.CheckRoot(before, after);
        await CheckAsync(after, ct).ConfigureAwait(false);
        await CheckProjectAsync(after, ct).ConfigureAwait(false);
        await CheckVolatileAsync(after.Project, config.Keys.Where(k => config[k] != before.Config.GetValueOrDefault(k)), ct).ConfigureAwait(false);
        await with.Devices.CheckPeersAsync(before, after, ct).ConfigureAwait(false);
        await ApplyAsync(before, after, ct).ConfigureAwait(false);
        Tell("instance-updated", after, requestor);
    }

    /// <summary>Host and running instance first, the record then; what fails is undone.</summary>
    private async Task ApplyAsync(InstanceRecord before, InstanceRecord after, CancellationToken ct)
    {
        var live = IsRunning(before) ? with.Driver.Live(with.RefOf(before)) : null;
        await using var undo = Undo("update");
        var map = live is null ? Linux.IdMaps.IdMap.Empty : InstanceIdMaps.Current(before);
        var config = new Dictionary<string, string>(after.Config, StringComparer.Ordinal);
        foreach (var (key, value) in await with.Devices.FillAsync(after, ct).ConfigureAwait(false))
        {
            config[key] = value;
        }

        if (Changed(before, after).Any(k => CloudInit.Contains(k) || k.StartsWith("cloud-init.", StringComparison.Ordinal)) || !NicNames(before).ToHashSet().SetEquals(NicNames(after)))
        {
            config["volatile.cloud-init.instance-id"] = Guid.NewGuid().ToString();
        }

        after = await ExpandAsync(after with { Config = config }, ct).ConfigureAwait(false);
        var record = await with.Devices.ChangeAsync(before, after, map, live, ct).ConfigureAwait(false);
        foreach (var (key, value) in record)
        {
            if (value is null)
            {
                config.Remove(key);
            }
            else
            {
                config[key] = value;
            }
        }

        var applied = after with { Config = config };
        undo.Add(async () => await with.Store.SetConfigAsync(before.Id, await with.Devices.ChangeAsync(applied, before, map, live, CancellationToken.None).ConfigureAwait(false), CancellationToken.None).ConfigureAwait(false));
        if (live is not null && Changed(before, after).Any(k => k.StartsWith("limits.", StringComparison.Ordinal)))
        {
            ApplyLimits(live, before, after, undo);
        }

        if (live is not null && Checks.IsFalse(before.Get("security.devlxd")) != Checks.IsFalse(after.Get("security.devlxd")))
        {
            await (Checks.IsFalse(after.Get("security.devlxd")) ? live.UnmountAsync(GuestSocket, ct) : live.MountAsync(GuestMount(), ct)).ConfigureAwait(false);
        }

        var stored = await with.Store.UpdateAsync(applied, ct).ConfigureAwait(false);
        undo.Commit();
        TellGuest(before, stored);
        await with.Devices.ChangedAsync(before, stored, CancellationToken.None).ConfigureAwait(false);
        await with.BackupFiles.WriteAsync(stored.Id, CancellationToken.None).ConfigureAwait(false);
    }

    /// <summary>The interfaces by the names that cloud-init sets them up by.</summary>
    private static IEnumerable<(string Device, string Name)> NicNames(InstanceRecord instance) => instance.ExpandedDevices.Where(d => d.Value.GetValueOrDefault("type") == "nic").Select(d => (d.Key, d.Value.GetValueOrDefault("name", "")));

    /// <summary>The instance hears of the keys that are there for it, and of its devices.</summary>
    private void TellGuest(InstanceRecord before, InstanceRecord after)
    {
        foreach (var key in Changed(before, after).Where(DevLxdEndpoints.IsGuestKey).ToList())
        {
            with.Guests.Config(after.Id, key, before.ExpandedConfig.GetValueOrDefault(key, ""), after.ExpandedConfig.GetValueOrDefault(key, ""));
        }

        foreach (var name in before.ExpandedDevices.Keys.Union(after.ExpandedDevices.Keys).ToList())
        {
            var old = before.ExpandedDevices.GetValueOrDefault(name);
            var now = after.ExpandedDevices.GetValueOrDefault(name);
            if (old is null || now is null)
            {
                with.Guests.Device(after.Id, now is null ? "removed" : "added", name, now ?? old!);
            }
            else if (old.Count != now.Count || old.Any(p => now.GetValueOrDefault(p.Key) != p.Value))
            {
                with.Guests.Device(after.Id, "updated", name, now);
            }
        }
    }

    private static void ApplyLimits(ILiveInstance live, InstanceRecord before, InstanceRecord after, Rollback undo)
    {
        undo.Add(() => live.Apply(Limits.Of(before)));
        try
        {
            live.Apply(Limits.Of(after));
        }
        catch (IOException e)
        {
            throw ApiException.Internal($"Failed setting limits: {e.Message}", e);
        }
    }

    private static IEnumerable<string> Changed(InstanceRecord before, InstanceRecord after) =>
        before.ExpandedConfig.Keys.Union(after.ExpandedConfig.Keys).Where(k => before.ExpandedConfig.GetValueOrDefault(k, "") != after.ExpandedConfig.GetValueOrDefault(k, ""));

    /// <summary>What the daemon keeps in the configuration and a client that leaves it out does not mean to remove.</summary>
    private static bool IsKept(string key) => key is "volatile.uuid" or "volatile.uuid.generation" or "volatile.base_image" or "volatile.cloud-init.instance-id" or "volatile.apply_template"
        || key.StartsWith("volatile.idmap.", StringComparison.Ordinal) || key == LastMap || IsOfRun(key);

    /// <summary>The map that the files of the volume were shifted by: it goes with the volume, not with a run.</summary>
    private const string LastMap = "volatile.last_state.idmap";

    /// <summary>What the daemon notes of a run: its devices on the host, and that it runs.</summary>
    public static bool IsOfRun(string key) => key != LastMap && key.StartsWith("volatile.", StringComparison.Ordinal)
        && (key.Contains(".last_state.", StringComparison.Ordinal) || key.EndsWith(".host_name", StringComparison.Ordinal) || key.EndsWith(".name", StringComparison.Ordinal));
}
