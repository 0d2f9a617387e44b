namespace Lxd.Daemon.Images;

/// <summary>One piece of work at a time on an image: fetching it for several instances at once is done once, and its files do not go while they come.</summary>
internal sealed class ImageLocks
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Gate> _gates = [];

    /// <summary>Waits for its turn; the image is free again when the result is disposed.</summary>
    public async Task<IDisposable> TakeAsync(string fingerprint, CancellationToken ct)
    {
        Gate gate;
        lock (_lock)
        {
            if (!_gates.TryGetValue(fingerprint, out gate!))
            {
                _gates[fingerprint] = gate = new Gate();
            }

            gate.Users++;
        }

        try
        {
            await gate.Turn.WaitAsync(ct).ConfigureAwait(false);
        }
        catch
        {
            Leave(fingerprint, gate);
            throw;
        }

        return new Lease(() =>
        {
            gate.Turn.Release();
            Leave(fingerprint, gate);
        });
    }

    private void Leave(string fingerprint, Gate gate)
    {
        lock (_lock)
        {
            if (--gate.Users == 0)
            {
                _gates.Remove(fingerprint);
            }
        }
    }

    private sealed class Gate
    {
        public SemaphoreSlim Turn { get; } = new(1, 1);

        public int Users { get; set; }
    }

    private sealed class Lease(Action release) : IDisposable
    {
        private Action? _release = release;

        public void Dispose() => Interlocked.Exchange(ref _release, null)?.Invoke();
    }
}
