using Lxd.Core;
using Lxd.Core.Api;
using Lxd.Runtime;

namespace Lxd.Daemon.Instances;

internal sealed partial class InstanceService
{
    /// <summary>Keeps a running instance from changing its files until it is let go, where its pool cannot hold them still by itself. A daemon that dies meanwhile leaves a mark, by which the
    /// next one lets the instance go on.</summary>
    /// <param name="allowInconsistent">Whether the caller does not mind files that change while they are read.</param>
    private async Task<IAsyncDisposable?> HoldStillAsync(InstanceRecord instance, bool allowInconsistent, OperationRequestor? requestor, CancellationToken ct)
    {
        if (allowInconsistent || Status(instance) is not (RunStatus.Running or RunStatus.Ready) || await with.Volumes.HoldsStillAsync(instance, ct).ConfigureAwait(false))
        {
            return null;
        }

        var reference = with.RefOf(instance);
        await File.WriteAllTextAsync(reference.HeldFile, "", ct).ConfigureAwait(false);
        var held = Undo("freeze");
        held.Add(async () =>
        {
            await ReleaseAsync(instance).ConfigureAwait(false);
            Tell("instance-resumed", instance, requestor);
        });
        try
        {
            await with.Driver.SetFrozenAsync(reference, true, ct).ConfigureAwait(false);
            Tell("instance-paused", instance, requestor);
            return held;
        }
        catch
        {
            await held.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Lets an instance go on that was held, by whatever daemon.</summary>
    private async Task ReleaseAsync(InstanceRecord instance)
    {
        var reference = with.RefOf(instance);
        if (File.Exists(reference.HeldFile))
        {
            if (IsRunning(instance))
            {
                await with.Driver.SetFrozenAsync(reference, false, CancellationToken.None).ConfigureAwait(false);
            }

            File.Delete(reference.HeldFile);
        }
    }
}
