using Microsoft.Extensions.Logging;

namespace Lxd.Daemon.Hosting;

/// <summary>What comes before the daemon's end: with the instances (<c>lxd shutdown</c>, SIGPWR) or without them. Nothing new is begun; what is being done may take
/// <c>core.shutdown_timeout</c> minutes. It goes on to its end whether or not somebody waits for it.</summary>
internal sealed class ShutdownSequence(Composition daemon) : IDisposable
{
    /// <summary>Minutes; timers count no further than seven weeks.</summary>
    private const long LongestPatience = 60 * 24 * 40;

    private readonly ILogger _log = daemon.Loggers.CreateLogger("shutdown");
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _patience = new();
    private Task? _all;

    public void Dispose() => _patience.Dispose();

    /// <summary>Waits for what is being done; instances go on, unless they are being stopped already.</summary>
    public async Task LeaveAsync()
    {
        Close();
        await daemon.Operations.SettledAsync(_patience.Token).ConfigureAwait(false);
        await (_all ?? Task.CompletedTask).ConfigureAwait(false);
    }

    /// <summary>Stops each instance when its operations have ended, and unmounts the pools; once, however often it is asked for.</summary>
    /// <param name="force">Waits for no operation.</param>
    public Task RunAsync(bool force)
    {
        if (force)
        {
            _patience.Cancel();
        }

        lock (_gate)
        {
            return _all ??= Task.Run(StopAllAsync);
        }
    }

    private async Task StopAllAsync()
    {
        _log.ShuttingDown();
        Close();
        await daemon.StopInstances(_patience.Token, CancellationToken.None).ConfigureAwait(false);
        try
        {
            await daemon.Operations.AbortAsync(_patience.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            _log.OperationsLeft();
        }

        _log.OperationsDeleted();
        _log.StoppingVolumes();
        _log.UnmountingVolumes();
        await daemon.Pools.UnmountAllAsync(CancellationToken.None).ConfigureAwait(false);
        _log.VolumesUnmounted();
    }

    private void Close()
    {
        daemon.Pipeline.Closing = true;
        daemon.Operations.Refuse();
        _patience.CancelAfter(TimeSpan.FromMinutes(Math.Clamp(daemon.Config.Number("core.shutdown_timeout"), 0, LongestPatience)));
    }
}
