using Lxd.Core;

namespace Lxd.Daemon.Instances;

/// <summary>One verb at a time on an instance. A second verb is refused with a clear conflict or, for short work, waits its turn.</summary>
internal sealed class InstanceLocks
{
    private readonly Lock _lock = new();
    private readonly Dictionary<long, InstanceLease> _held = [];

    /// <summary>The daemon's own tidying up after an instance that stopped by itself: short, and nobody's verb.</summary>
    public const string Settling = "settle";

    /// <summary>Takes the instance for a verb; throws conflict while another verb holds it. Tidying up is waited for.</summary>
    public async Task<InstanceLease> TakeAsync(long instance, string verb, CancellationToken ct)
    {
        while (true)
        {
            if (TryTake(instance, verb, out var holder) is { } lease)
            {
                return lease;
            }

            if (holder!.Verb != Settling)
            {
                throw ApiException.Conflict($"Instance is busy running a \"{holder.Verb}\" operation");
            }

            await holder.Released.WaitAsync(ct).ConfigureAwait(false);
        }
    }

    /// <summary>Takes the instance when nobody holds it any more.</summary>
    public async Task<InstanceLease> WaitAsync(long instance, string verb, CancellationToken ct)
    {
        while (true)
        {
            if (TryTake(instance, verb, out var holder) is { } lease)
            {
                return lease;
            }

            await holder!.Released.WaitAsync(ct).ConfigureAwait(false);
        }
    }

    /// <summary>Takes the instance for a stop by force: a clean stop that is still waiting is told to use force, and waited for.</summary>
    public async Task<InstanceLease> TakeByForceAsync(long instance, string verb, CancellationToken ct)
    {
        while (true)
        {
            if (TryTake(instance, verb, out var holder) is { } lease)
            {
                return lease;
            }

            if (holder!.Verb is not ("stop" or "restart" or "shutdown" or Settling))
            {
                throw ApiException.Conflict($"Instance is busy running a \"{holder.Verb}\" operation");
            }

            holder.UseForce();
            await holder.Released.WaitAsync(ct).ConfigureAwait(false);
        }
    }

    /// <summary>The verb running on the instance, or null.</summary>
    public string? VerbOf(long instance)
    {
        lock (_lock)
        {
            return _held.GetValueOrDefault(instance)?.Verb;
        }
    }

    private InstanceLease? TryTake(long instance, string verb, out InstanceLease? holder)
    {
        lock (_lock)
        {
            if (_held.TryGetValue(instance, out holder))
            {
                return null;
            }

            return _held[instance] = new InstanceLease(verb, lease =>
            {
                lock (_lock)
                {
                    if (_held.GetValueOrDefault(instance) == lease)
                    {
                        _held.Remove(instance);
                    }
                }
            });
        }
    }
}

/// <summary>The right to work on an instance, until disposed.</summary>
internal sealed class InstanceLease(string verb, Action<InstanceLease> release) : IDisposable
{
    private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _force = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public string Verb => verb;

    public Task Released => _released.Task;

    /// <summary>Ends when somebody asked the holder to stop being patient.</summary>
    public Task ForceWanted => _force.Task;

    public void UseForce() => _force.TrySetResult();

    public void Dispose()
    {
        release(this);
        _released.TrySetResult();
    }
}
