using Lxd.Core;
using Lxd.Core.Api;
using Lxd.Core.Config;
using Lxd.Storage;

namespace Lxd.Daemon.Storage;

internal sealed partial class VolumeService
{
    /// <summary>Replaces description and configuration, or makes the volume what it was at a snapshot.</summary>
    public async Task UpdateAsync(VolumeRecord volume, StorageVolumePut put, OperationRequestor requestor, CancellationToken ct)
    {
        if (put.Restore.Length > 0)
        {
            await RestoreAsync(volume, put.Restore, requestor, ct).ConfigureAwait(false);
            return;
        }

        using var held = await _locks.TakeAsync(ct, volume).ConfigureAwait(false);
        var config = await CheckUpdateAsync(volume, put, ct).ConfigureAwait(false);
        var size = config.GetValueOrDefault("size", "");
        if (size != volume.Config.GetValueOrDefault("size", ""))
        {
            await quota.CheckVolumeAsync(volume.Project, new(volume.Pool, volume.Name, size), ct).ConfigureAwait(false);
            var driver = await drivers.OpenAsync(volume.Pool, ct).ConfigureAwait(false);
            await driver.Volumes.ResizeAsync(volume.Ref, Units.ParseBytes(size), ct).ConfigureAwait(false);
        }

        await store.UpdateAsync(volume.Id, put.Description, config, ct).ConfigureAwait(false);
        await Changed(volume, CancellationToken.None).ConfigureAwait(false);
        events.Lifecycle("storage-volume-updated", volume.Project, volume.Url, requestor, name: volume.Name);
    }

    /// <summary>The configuration a change leads to; throws where it may not be.</summary>
    public async Task<Dictionary<string, string>> CheckUpdateAsync(VolumeRecord volume, StorageVolumePut put, CancellationToken ct)
    {
        var config = Finished(put.Config.Where(c => c.Value.Length > 0).ToDictionary(StringComparer.Ordinal));
        bool Changes(string key) => config.GetValueOrDefault(key, "") != volume.Config.GetValueOrDefault(key, "");
        if (Changes(Uuid))
        {
            throw ApiException.BadRequest($"Volume \"{Uuid}\" cannot be changed");
        }

        // What the daemon notes for itself stays where the user leaves it out.
        foreach (var (key, value) in volume.Config.Where(c => c.Key.StartsWith("volatile.", StringComparison.Ordinal) && c.Key != Unfinished))
        {
            config.TryAdd(key, value);
        }

        var changed = config.Keys.Union(volume.Config.Keys).Where(Changes).ToList();
        if (changed.Count > 0 && volume.Content == ContentType.Iso)
        {
            throw ApiException.BadRequest("Custom ISO volume config cannot be changed");
        }

        await CheckConfigAsync(volume.Pool, volume.Type, volume.Content, config, ct).ConfigureAwait(false);
        await CheckSharingAsync(volume, config, changed, ct).ConfigureAwait(false);
        return config;
    }

    private async Task CheckSharingAsync(VolumeRecord volume, Dictionary<string, string> config, List<string> changed, CancellationToken ct)
    {
        bool Wants(string key) => Checks.IsTrue(config.GetValueOrDefault(key));
        if (Wants("security.shifted") && Wants("security.unmapped"))
        {
            throw ApiException.BadRequest("security.shifted and security.unmapped are mutually exclusive");
        }

        if (volume.Type != VolumeType.Custom || !changed.Exists(k => k.StartsWith("security.", StringComparison.Ordinal)))
        {
            return;
        }

        var users = await store.UsersAsync(volume, ct).ConfigureAwait(false);
        if (changed.Contains("security.shared") && !Wants("security.shared"))
        {
            if (users.Exists(u => u.Kind == VolumeUser.Profile))
            {
                throw ApiException.BadRequest("Cannot un-share custom storage block volume if attached to profile");
            }

            if (users.Count > 1)
            {
                throw ApiException.BadRequest("Cannot un-share custom storage block volume if attached to more than one instance");
            }
        }

        if ((changed.Contains("security.shifted") || changed.Contains("security.unmapped")) && users.Exists(u => u.IsRunning))
        {
            throw ApiException.BadRequest("Cannot modify shifting with running containers using the volume");
        }
    }
}
