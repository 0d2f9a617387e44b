using Microsoft.Extensions.Logging;

namespace Lxd.Daemon.Hosting;

/// <summary>Work that comes round: image updates, snapshot schedules, expiry. A round that fails is logged and the next one comes all the same.</summary>
internal sealed class BackgroundTasks(ILogger logger) : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly List<Task> _loops = [];

    /// <param name="interval">Asked anew before each round; zero or less: not now, ask again in a minute.</param>
    /// <param name="atOnce">Whether the first round comes at once.</param>
    public void Every(string name, Func<CancellationToken, Task<TimeSpan>> interval, Func<CancellationToken, Task> round, bool atOnce = false) =>
        _loops.Add(Task.Run(() => LoopAsync(name, interval, round, atOnce)));

    public void Every(string name, TimeSpan interval, Func<CancellationToken, Task> round, bool atOnce = false) =>
        Every(name, _ => Task.FromResult(interval), round, atOnce);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(_loops).ConfigureAwait(false);
        _stop.Dispose();
    }

    private async Task LoopAsync(string name, Func<CancellationToken, Task<TimeSpan>> interval, Func<CancellationToken, Task> round, bool now)
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                var wait = await interval(_stop.Token).ConfigureAwait(false);
                if (!now)
                {
                    await Task.Delay(wait > TimeSpan.Zero ? wait : TimeSpan.FromMinutes(1), _stop.Token).ConfigureAwait(false);
                }

                if (wait > TimeSpan.Zero)
                {
                    await round(_stop.Token).ConfigureAwait(false);
                }

                now = false;
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                now = false;
                logger.RoundFailed(name, e);
            }
        }
    }
}
