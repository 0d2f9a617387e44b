using Microsoft.Extensions.Logging;

namespace Lxd.Daemon.Hosting;

/// <summary>Work that comes round: image updates, snapshot schedules, expiry. A round that fails is logged and the next one comes all the same.</summary>
internal sealed class BackgroundTasks(ILogger logger) : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly List<Task> _loops = [];

    /// <param name="interval">Asked anew before each round; zero or less: not now, ask again in a minute.</param>
    /// <param name="atOnce">Whether the first round comes at once.</param>
    /// <returns>Has the next round come now.</returns>
    public Action Every(string name, Func<CancellationToken, Task<TimeSpan>> interval, Func<CancellationToken, Task> round, bool atOnce = false)
    {
        var wake = new SemaphoreSlim(atOnce ? 1 : 0, 1);
        _loops.Add(Task.Run(() => LoopAsync(name, interval, round, wake)));
        return () =>
        {
            try
            {
                wake.Release();
            }
            catch (SemaphoreFullException)
            {
                // It is on its way.
            }
        };
    }

    public Action Every(string name, TimeSpan interval, Func<CancellationToken, Task> round, bool atOnce = false) =>
        Every(name, _ => Task.FromResult(interval), round, atOnce);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(_loops).ConfigureAwait(false);
        _stop.Dispose();
    }

    private async Task LoopAsync(string name, Func<CancellationToken, Task<TimeSpan>> interval, Func<CancellationToken, Task> round, SemaphoreSlim wake)
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                var wait = await interval(_stop.Token).ConfigureAwait(false);
                await wake.WaitAsync(wait > TimeSpan.Zero ? wait : TimeSpan.FromMinutes(1), _stop.Token).ConfigureAwait(false);
                if (wait > TimeSpan.Zero)
                {
                    await round(_stop.Token).ConfigureAwait(false);
                }
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                logger.RoundFailed(name, e);
            }
        }
    }
}
