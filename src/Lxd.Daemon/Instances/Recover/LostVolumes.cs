using Lxd.Core;
using Lxd.Core.Api;
using Lxd.Daemon.Instances.Backups;
using Lxd.Daemon.Storage;
using Lxd.Daemon.Storage.Backups;
using Lxd.Storage;

namespace Lxd.Daemon.Instances.Recover;

/// <summary>Looks through the pools for volumes that no database knows, and asks the <c>backup.yaml</c> of all instances, known or not, what they are.</summary>
internal sealed class LostVolumes(VolumeStore volumes, PoolStore pools, PoolDrivers drivers)
{
    private const long MaxFile = 16 << 20;

    /// <returns>The lost volumes, and the pools that instances describe and this server does not know, by name.</returns>
    public async Task<(List<LostVolume> Lost, Dictionary<string, StoragePool> MissingPools)> FindAsync(CancellationToken ct)
    {
        var known = await pools.ListAsync(ct).ConfigureAwait(false);
        var found = new List<(string Pool, VolumeRef Volume, IStorageDriver Driver)>();
        foreach (var pool in known.Where(p => p.State == PoolRecord.Created))
        {
            var driver = await drivers.OpenAsync(pool.Name, ct).ConfigureAwait(false);
            found.AddRange(driver.Volumes.List().Select(v => (pool.Name, v, driver)));
        }

        var files = new Dictionary<(string Pool, VolumeRef Volume), BackupConfig>();
        foreach (var (pool, volume, driver) in found.Where(f => f.Volume.Type != VolumeType.Custom))
        {
            if (await ReadAsync(driver.Volumes.MountPath(volume), ct).ConfigureAwait(false) is { } config)
            {
                files[(pool, volume)] = config;
            }
        }

        var described = Describe(files);
        var lost = new List<LostVolume>();
        foreach (var (pool, volume, driver) in found)
        {
            var (project, name) = LostVolume.Split(volume);
            if (await volumes.FindAsync(pool, project, volume.Type, name, ct).ConfigureAwait(false) is not null)
            {
                continue;
            }

            var own = files.GetValueOrDefault((pool, volume));
            var custom = described.GetValueOrDefault((pool, project, name));
            var entry = new LostVolume(pool, volume, project, name, driver.Volumes.SnapshotsOf(volume), own, volume.Type == VolumeType.Custom ? custom : own?.Own());
            Check(entry);
            lost.Add(entry);
        }

        var missing = files.Values.SelectMany(f => f.Pools).Where(p => known.TrueForAll(k => k.Name != p!.Name)).GroupBy(p => p!.Name).ToDictionary(g => g.Key, g => g.First()!);
        lost.AddRange(described.Where(d => missing.ContainsKey(d.Key.Pool)).Select(d => new LostVolume(
            d.Key.Pool, new VolumeRef(VolumeType.Custom, $"{d.Key.Project}_{d.Key.Name}", VolumeWords.ContentOf(d.Value.ContentType) ?? ContentType.Filesystem), d.Key.Project, d.Key.Name, [.. d.Value.Snapshots.Select(s => s!.Name)], null, d.Value)));
        return (lost, missing);
    }

    /// <summary>The custom volumes that the instances describe.</summary>
    private static Dictionary<(string Pool, string Project, string Name), BackupVolume> Describe(Dictionary<(string Pool, VolumeRef Volume), BackupConfig> files)
    {
        var result = new Dictionary<(string, string, string), BackupVolume>();
        foreach (var volume in files.Values.SelectMany(f => f.Volumes).Where(v => v!.Type == "custom" && v.Name.Length > 0 && v.Pool.Length > 0))
        {
            result.TryAdd((volume!.Pool, volume.Project.Length > 0 ? volume.Project : "default", volume.Name), volume);
        }

        return result;
    }

    /// <summary>What an instance says of itself has to be what lies in the pool.</summary>
    private static void Check(LostVolume lost)
    {
        if (!lost.IsInstance)
        {
            return;
        }

        if (lost.Config?.Instance is not { } instance)
        {
            throw ApiException.BadRequest($"Failed checking volume \"{lost.Volume.Name}\" on pool \"{lost.Pool}\": The backup file \"{BackupFiles.FileName}\" is missing or invalid");
        }

        Names.CheckInstance(lost.Name);
        if (instance.Name != lost.Name)
        {
            throw ApiException.BadRequest($"Instance \"{lost.Name}\" in project \"{lost.Project}\" has a different instance name in its backup file (\"{instance.Name}\")");
        }

        if (VolumeWords.TypeOf(instance.Type.Length > 0 ? instance.Type : "container") != lost.Volume.Type)
        {
            throw ApiException.BadRequest($"Instance \"{lost.Name}\" in project \"{lost.Project}\" has a different instance type in its backup file (\"{instance.Type}\")");
        }

        var described = lost.Config.Snapshots.Select(s => s!.Name).Order(StringComparer.Ordinal).ToList();
        if (!described.SequenceEqual(lost.Snapshots.Order(StringComparer.Ordinal)))
        {
            throw ApiException.BadRequest($"Instance \"{lost.Name}\" in project \"{lost.Project}\" has other snapshots in its backup file ({string.Join(", ", described)}) than on storage ({string.Join(", ", lost.Snapshots)})");
        }
    }

    private static async Task<BackupConfig?> ReadAsync(string directory, CancellationToken ct)
    {
        BackupFiles.CheckConfined(directory);
        var file = new FileInfo(Path.Combine(directory, BackupFiles.FileName));
        if (!file.Exists || file.Length > MaxFile)
        {
            return null;
        }

        try
        {
            return Yaml.To<BackupConfig>(await File.ReadAllTextAsync(file.FullName, ct).ConfigureAwait(false)).Upgrade();
        }
        catch (ApiException)
        {
            return null;
        }
    }
}
