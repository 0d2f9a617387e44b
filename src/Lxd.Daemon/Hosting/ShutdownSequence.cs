using Microsoft.Extensions.Logging;

namespace Lxd.Daemon.Hosting;

/// <summary>The way down together with the instances: <c>lxd shutdown</c> and SIGPWR. The daemon itself ends after it.</summary>
internal sealed class ShutdownSequence(Composition daemon)
{
    private readonly ILogger _log = daemon.Loggers.CreateLogger("shutdown");

    /// <summary>Each instance is stopped when its operations have ended, which they may take <c>core.shutdown_timeout</c> minutes for.</summary>
    /// <param name="force">Waits for no operation.</param>
    public async Task RunAsync(bool force, CancellationToken ct)
    {
        _log.ShuttingDown();
        daemon.Operations.Refuse();
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
        patience.CancelAfter(force ? TimeSpan.Zero : TimeSpan.FromMinutes(Math.Max(0, daemon.Config.Number("core.shutdown_timeout"))));
        await daemon.StopInstances(patience.Token, ct).ConfigureAwait(false);
        try
        {
            await daemon.Operations.AbortAsync(patience.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            _log.OperationsLeft();
        }

        _log.OperationsDeleted();
        _log.StoppingVolumes();
        _log.UnmountingVolumes();
        await daemon.Pools.UnmountAllAsync(ct).ConfigureAwait(false);
        _log.VolumesUnmounted();
    }
}
