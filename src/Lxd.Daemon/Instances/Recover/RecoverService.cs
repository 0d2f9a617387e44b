using Lxd.Core;
using Lxd.Core.Api;
using Lxd.Daemon.Networks;
using Lxd.Daemon.Profiles;
using Lxd.Daemon.Projects;
using Lxd.Daemon.Storage;

namespace Lxd.Daemon.Instances.Recover;

/// <summary>Brings back instances and custom volumes that lie in the pools when the database has forgotten them.</summary>
internal sealed class RecoverService(LostVolumes lostVolumes, InstanceService instances, VolumeService volumes, ProjectService projects, ProfileService profiles, NetworkService networks)
{
    public async Task<RecoverValidation> ValidateAsync(CancellationToken ct)
    {
        var (lost, missing) = await lostVolumes.FindAsync(ct).ConfigureAwait(false);
        return new RecoverValidation
        {
            UnknownVolumes = lost.ConvertAll(l => l.ToApi()),
            DependencyErrors = await MissingAsync(lost, missing, ct).ConfigureAwait(false),
        };
    }

    /// <summary>Custom volumes first, instances need them. One that fails ends it; those before it stay.</summary>
    public async Task ImportAsync(OperationRequestor requestor, CancellationToken ct)
    {
        var (lost, missing) = await lostVolumes.FindAsync(ct).ConfigureAwait(false);
        if (await MissingAsync(lost, missing, ct).ConfigureAwait(false) is { Count: > 0 } errors)
        {
            throw ApiException.BadRequest($"Missing: {string.Join(", ", errors)}");
        }

        foreach (var volume in lost.Where(l => !l.IsInstance))
        {
            await volumes.RecoverAsync(volume.Pool, volume.Volume, volume.Project, volume.Name, volume.Snapshots, volume.Described, requestor, ct).ConfigureAwait(false);
        }

        foreach (var instance in lost.Where(l => l.IsInstance))
        {
            await instances.RecoverAsync(instance.Project, instance.Pool, instance.Config!, requestor, ct).ConfigureAwait(false);
        }
    }

    /// <summary>What lost instances and volumes need and this server has not, each once.</summary>
    private async Task<List<string>> MissingAsync(List<LostVolume> lost, Dictionary<string, StoragePool> pools, CancellationToken ct)
    {
        var errors = pools.Values.OrderBy(p => p.Name, StringComparer.Ordinal)
            .Select(p => $"Pool \"{p.Name}\" using driver \"{p.Driver}\"" + (p.Config.Count > 0 ? $" ({string.Join(' ', p.Config.OrderBy(c => c.Key, StringComparer.Ordinal).Select(c => $"{c.Key}=\"{c.Value}\""))})" : "")).ToList();
        var known = (await projects.ListAsync(ct).ConfigureAwait(false)).Select(p => p.Name).ToHashSet();
        errors.AddRange(lost.Select(l => l.Project).Distinct().Where(p => !known.Contains(p)).Select(p => $"Project \"{p}\""));
        foreach (var instance in lost.Where(l => l.IsInstance && known.Contains(l.Project)))
        {
            var owned = (await profiles.ListAsync(instance.Project, ct).ConfigureAwait(false)).Select(p => p.Name).ToHashSet();
            errors.AddRange(instance.Config!.Instance!.Profiles.Where(p => !owned.Contains(p)).Select(p => $"Profile \"{p}\" in project \"{instance.Project}\""));
            var wanted = instance.Config.Instance.ExpandedDevices.Values.Where(d => d.GetValueOrDefault("type") == "nic").Select(d => d.GetValueOrDefault("network", "")).Where(n => n.Length > 0).Distinct();
            var there = (await networks.ListAsync(instance.Project, ct).ConfigureAwait(false)).Select(n => n.Name).ToHashSet();
            errors.AddRange(wanted.Where(n => !there.Contains(n)).Select(n => $"Network \"{n}\" in project \"{instance.Project}\""));
        }

        return [.. errors.Distinct()];
    }
}
