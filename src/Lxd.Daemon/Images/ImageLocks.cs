namespace Lxd.Daemon.Images;

/// <summary>One piece of work at a time on an image: fetching it for several instances at once is done once, and its files do not go while they come.</summary>
internal sealed class ImageLocks
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Gate> _gates = [];

    /// <summary>Waits for its turn; the image is free again when the result is disposed.</summary>
    public async Task<Lease> TakeAsync(string fingerprint, CancellationToken ct)
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

        return new Lease(this, fingerprint, gate);
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

    /// <summary>One's turn.</summary>
    internal sealed class Lease(ImageLocks locks, string fingerprint, Gate gate) : IDisposable
    {
        private bool _over;

        /// <summary>Whether others wait for the same image.</summary>
        public bool IsAwaited
        {
            get
            {
                lock (locks._lock)
                {
                    return gate.Users > 1;
                }
            }
        }

        public void Dispose()
        {
            if (!Interlocked.Exchange(ref _over, true))
            {
                gate.Turn.Release();
                locks.Leave(fingerprint, gate);
            }
        }
    }

    internal sealed class Gate
    {
        public SemaphoreSlim Turn { get; } = new(1, 1);

        public int Users { get; set; }
    }
}
