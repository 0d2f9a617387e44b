using Lxd.Linux.Spawn;

namespace Lxd.Daemon.Networks;

/// <summary>Notices when the server of a network ends though nobody asked it to.</summary>
internal sealed class ServerWatch : IDisposable
{
    private readonly Dictionary<string, CancellationTokenSource> _watched = [];

    /// <summary>Runs the repair once when the process ends, at once where it has ended already.</summary>
    /// <param name="has">Whether the network has a server at all.</param>
    public void Watch(string network, bool has, int pid, Func<CancellationToken, Task> repair)
    {
        Forget(network);
        if (!has)
        {
            return;
        }

        var stop = new CancellationTokenSource();
        lock (_watched)
        {
            _watched[network] = stop;
        }

        _ = WaitAsync(pid, repair, stop.Token);
    }

    /// <summary>The server may end from now on: somebody is about to stop or replace it.</summary>
    public void Forget(string network)
    {
        lock (_watched)
        {
            if (_watched.Remove(network, out var stop))
            {
                stop.Cancel();
                stop.Dispose();
            }
        }
    }

    public void Dispose()
    {
        lock (_watched)
        {
            foreach (var network in _watched.Keys.ToList())
            {
                Forget(network);
            }
        }
    }

    private static async Task WaitAsync(int pid, Func<CancellationToken, Task> repair, CancellationToken ct)
    {
        if (pid > 0)
        {
            await Pidfd.WaitExitAsync(pid).ConfigureAwait(false);
        }

        if (!ct.IsCancellationRequested)
        {
            await repair(ct).ConfigureAwait(false);
        }
    }
}
