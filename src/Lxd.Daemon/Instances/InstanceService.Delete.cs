using Lxd.Core;
using Lxd.Core.Api;

namespace Lxd.Daemon.Instances;

internal sealed partial class InstanceService
{
    /// <summary>Removes an instance with its snapshots; one that runs only with <paramref name="force"/>.</summary>
    public async Task DeleteAsync(InstanceRecord instance, bool force, OperationRequestor? requestor, CancellationToken ct)
    {
        using var lease = force ? await with.Locks.TakeByForceAsync(instance.Id, "delete", ct).ConfigureAwait(false) : await with.Locks.TakeAsync(instance.Id, "delete", ct).ConfigureAwait(false);
        instance = await ReloadAsync(instance, ct).ConfigureAwait(false);
        if (instance.IsTrue("security.protection.delete"))
        {
            throw ApiException.Forbidden("Instance is protected");
        }

        if (IsRunning(instance))
        {
            if (!force)
            {
                throw ApiException.BadRequest("Instance is running");
            }

            await HaltAsync(instance, lease, true, TimeSpan.Zero, ct).ConfigureAwait(false);
            await CleanAsync(instance, "STOPPED").ConfigureAwait(false);
        }

        await DeleteHeldAsync(instance, requestor, ct).ConfigureAwait(false);
    }

    private async Task DeleteHeldAsync(InstanceRecord instance, OperationRequestor? requestor, CancellationToken ct)
    {
        await with.Store.SetConfigAsync(instance.Id, new Dictionary<string, string?> { [Unfinished] = "delete" }, ct).ConfigureAwait(false);
        foreach (var before in BeforeDelete)
        {
            await before(instance, ct).ConfigureAwait(false);
        }

        await with.Volumes.DeleteAsync(instance, ct).ConfigureAwait(false);
        UnlinkVolume(instance);
        RemoveDirectory(LogDirectory(instance));
        RemoveDirectory(Path.Combine(with.Paths.Devices, instance.DiskName));
        RemoveDirectory(Path.Combine(with.Paths.Shmounts, instance.DiskName));
        with.Driver.Remove(with.RefOf(instance));
        await with.Store.DeleteAsync(instance.Id, ct).ConfigureAwait(false);
        await with.Devices.ForgetAllAsync(instance, true, CancellationToken.None).ConfigureAwait(false);
        Tell("instance-deleted", instance, requestor);
    }

    /// <summary>What other domains keep of an instance and remove before it goes (backups); set by them.</summary>
    public List<Func<InstanceRecord, CancellationToken, Task>> BeforeDelete { get; } = [];

    /// <summary>What other domains do when an instance has another name (the first is the old one, the second the new); set by them.</summary>
    public List<Action<InstanceRecord, InstanceRecord>> Renamed { get; } = [];
}
