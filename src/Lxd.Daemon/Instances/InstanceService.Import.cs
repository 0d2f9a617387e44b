using Lxd.Core;
using Lxd.Core.Api;
using Lxd.Daemon.Instances.Volumes;
using Lxd.Daemon.Projects;
using Lxd.Daemon.Storage.Backups;
using Lxd.Storage;

namespace Lxd.Daemon.Instances;

/// <summary>An instance that comes from outside with its snapshots, as it is to be made here.</summary>
internal sealed record ImportPlan(InstanceRecord Instance, IReadOnlyList<SnapshotRecord> Snapshots, BackupVolume? Volume);

internal sealed partial class InstanceService
{
    /// <summary>What of a description of an instance is to be made here: under another name, in another pool, with other devices where the request says so.</summary>
    /// <param name="config">In the shape of version 2, with an instance.</param>
    /// <param name="name">Empty for the name it has.</param>
    /// <param name="pool">The pool it has to go to; empty for the one it came from or, where that is missing here, the default profile's.</param>
    public async Task<ImportPlan> PlanImportAsync(string project, BackupConfig config, string name, string pool, string formerPool, IReadOnlyDictionary<string, Dictionary<string, string>> devices, CancellationToken ct)
    {
        var described = config.Instance!;
        var type = described.Type.Length > 0 ? described.Type : "container";
        DatabaseCodes.InstanceType(type);
        var plan = new InstanceRecord
        {
            Project = project,
            Name = name.Length > 0 ? name : described.Name,
            Type = type,
            Architecture = described.Architecture.Length > 0 ? DatabaseCodes.Canonical(described.Architecture) : DatabaseCodes.HostArchitecture,
            Ephemeral = described.Ephemeral,
            Description = described.Description,
            CreatedAt = described.CreatedAt == default ? DateTime.UtcNow : described.CreatedAt,
            LastUsedAt = described.LastUsedAt <= DateTime.UnixEpoch ? default : described.LastUsedAt,
            Config = await ImportedConfigAsync(described.Config, ct).ConfigureAwait(false),
            Devices = described.Devices.ToDictionary(d => d.Key, d => NonEmpty(d.Value)),
            Profiles = described.Profiles,
        };
        Names.CheckInstance(plan.Name);
        plan = await ExpandAsync(plan, ct).ConfigureAwait(false);
        pool = await ImportPoolAsync(project, pool, formerPool, ct).ConfigureAwait(false);
        var own = PlaceRoot(plan.Devices, plan.ExpandedDevices, pool);
        foreach (var (device, keys) in devices)
        {
            var known = own.GetValueOrDefault(device) ?? plan.ExpandedDevices.GetValueOrDefault(device) ?? described.ExpandedDevices.GetValueOrDefault(device) ?? [];
            own[device] = NonEmpty(known.Concat(keys).GroupBy(k => k.Key).ToDictionary(g => g.Key, g => g.Last().Value));
        }

        var snapshots = config.Snapshots.ConvertAll(s => Imported(s!, pool));
        var prepared = await CompleteAsync(plan with { Devices = own }, ct).ConfigureAwait(false);
        await CheckImportAsync(prepared, snapshots, ct).ConfigureAwait(false);
        return new ImportPlan(prepared, snapshots, config.Own());
    }

    /// <summary>Makes the instance of a plan with its snapshots out of a backup.</summary>
    public async Task<InstanceRecord> ImportAsync(ImportPlan plan, Func<IStorageDriver, VolumeRef, VolumeSize, CancellationToken, Task> restore, OperationRequestor? requestor, CancellationToken ct)
    {
        var made = await MakePreparedAsync(plan.Instance, null, async (instance, token) =>
        {
            await using var undo = Undo("import");
            await with.Volumes.ImportAsync(instance, plan.Volume, plan.Snapshots, restore, token).ConfigureAwait(false);
            undo.Add(() => with.Volumes.DeleteAsync(instance, CancellationToken.None));
            foreach (var snapshot in plan.Snapshots)
            {
                await with.Store.InsertSnapshotAsync(instance, snapshot, token).ConfigureAwait(false);
            }

            LinkSnapshots(instance, plan.Snapshots.Count > 0);
            undo.Commit();
        }, requestor, ct).ConfigureAwait(false);
        foreach (var snapshot in plan.Snapshots)
        {
            with.Events.Lifecycle("instance-snapshot-created", made.Project, snapshot.UrlIn(made), requestor, null, $"{made.Name}/{snapshot.Name}");
        }

        return made;
    }

    private static SnapshotRecord Imported(InstanceSnapshot snapshot, string pool) => new()
    {
        Name = snapshot.Name,
        CreatedAt = snapshot.CreatedAt,
        ExpiresAt = snapshot.ExpiresAt,
        Config = NonEmpty(snapshot.Config),
        Devices = snapshot.Devices.Values.Any(InstanceRecord.IsRoot) ? PlaceRoot(snapshot.Devices, snapshot.Devices, pool) : snapshot.Devices,
    };

    /// <summary>The configuration an instance had elsewhere: it does not run here, and where it is here already this is another one.</summary>
    private async Task<Dictionary<string, string>> ImportedConfigAsync(Dictionary<string, string> described, CancellationToken ct)
    {
        var config = NonEmpty(described).Where(c => !c.Key.StartsWith("volatile.", StringComparison.Ordinal) || !c.Key.EndsWith(".host_name", StringComparison.Ordinal) && !c.Key.Contains(".last_state.", StringComparison.Ordinal))
            .ToDictionary(StringComparer.Ordinal);
        var uuid = config.GetValueOrDefault("volatile.uuid", "");
        if (uuid.Length > 0 && (await with.Store.ListAsync(new InstanceFilter(), ct).ConfigureAwait(false)).Exists(i => i.Config.GetValueOrDefault("volatile.uuid") == uuid))
        {
            foreach (var key in config.Keys.Where(k => k is "volatile.uuid" or "volatile.uuid.generation" or "volatile.cloud-init.instance-id" || k.StartsWith("volatile.", StringComparison.Ordinal) && k.EndsWith(".hwaddr", StringComparison.Ordinal)).ToList())
            {
                config.Remove(key);
            }
        }

        return config;
    }

    /// <summary>Gives an instance that comes from elsewhere what every instance has.</summary>
    private async Task<InstanceRecord> CompleteAsync(InstanceRecord plan, CancellationToken ct)
    {
        var config = new Dictionary<string, string>(plan.Config, StringComparer.Ordinal) { ["volatile.last_state.power"] = "STOPPED" };
        config.TryAdd("volatile.uuid", Guid.NewGuid().ToString());
        config.TryAdd("volatile.uuid.generation", config["volatile.uuid"]);
        config.TryAdd("volatile.cloud-init.instance-id", Guid.NewGuid().ToString());
        AddOwners(plan, config);
        return await WithAddressesAsync(plan with { Config = config }, ct).ConfigureAwait(false);
    }

    private async Task<string> ImportPoolAsync(string project, string asked, string former, CancellationToken ct)
    {
        if (asked.Length > 0)
        {
            await with.Volumes.CheckPoolAsync(asked, ct).ConfigureAwait(false);
            return asked;
        }

        try
        {
            await with.Volumes.CheckPoolAsync(former, ct).ConfigureAwait(false);
            return former;
        }
        catch (ApiException e) when (e.Status is 404 or 400)
        {
            var profile = await with.Store.ProfilesAsync(project, ["default"], ct).ConfigureAwait(false);
            return profile[0].Devices.Values.FirstOrDefault(InstanceRecord.IsRoot)?.GetValueOrDefault("pool", "") is { Length: > 0 } pool
                ? pool
                : throw ApiException.BadRequest("Failed to get root disk device: No root device could be found");
        }
    }

    /// <summary>The devices with a root disk in this pool: their own is changed; a profile's that lies elsewhere gets one of the instance's own before it.</summary>
    private static Dictionary<string, Dictionary<string, string>> PlaceRoot(Dictionary<string, Dictionary<string, string>> own, Dictionary<string, Dictionary<string, string>> expanded, string pool)
    {
        var devices = new Dictionary<string, Dictionary<string, string>>(own, StringComparer.Ordinal);
        if (own.FirstOrDefault(d => InstanceRecord.IsRoot(d.Value)) is { Key: { } key } root)
        {
            devices[key] = new Dictionary<string, string>(root.Value) { ["pool"] = pool };
        }
        else if (expanded.Values.FirstOrDefault(InstanceRecord.IsRoot)?.GetValueOrDefault("pool") != pool)
        {
            var name = expanded.FirstOrDefault(d => InstanceRecord.IsRoot(d.Value)).Key ?? Enumerable.Range(-1, 100).Select(i => i < 0 ? "root" : $"root{i}").First(n => !expanded.ContainsKey(n));
            devices[name] = new Dictionary<string, string> { ["type"] = "disk", ["path"] = "/", ["pool"] = pool };
        }

        return devices;
    }

    /// <summary>What the project says of the instance, of each snapshot (which could be restored later), and of snapshots at all.</summary>
    private async Task CheckImportAsync(InstanceRecord instance, IReadOnlyList<SnapshotRecord> snapshots, CancellationToken ct)
    {
        var project = await with.Store.ProjectConfigAsync(instance.Project, ct).ConfigureAwait(false);
        if (snapshots.Count > 0)
        {
            ProjectRules.CheckSnapshots(instance.Project, project);
        }

        ProjectRestrictions.Check(instance, project, "creation");
        foreach (var snapshot in snapshots)
        {
            InstanceConfig.Validate(snapshot.Config);
            ProjectRestrictions.Check(await ExpandAsync(instance with { Name = $"{instance.Name}/{snapshot.Name}", Config = snapshot.Config, Devices = snapshot.Devices }, ct).ConfigureAwait(false), project, "creation");
        }
    }
}
