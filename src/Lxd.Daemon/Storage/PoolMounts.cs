using System.Collections.Concurrent;
using Lxd.Core;
using Lxd.Daemon.Warnings;
using Microsoft.Extensions.Logging;

namespace Lxd.Daemon.Storage;

/// <summary>Mounts the pools when the daemon starts, and those again later that were not there then: a disk may come late.</summary>
internal sealed class PoolMounts(PoolStore store, PoolDrivers drivers, WarningService warnings, ILogger log)
{
    /// <summary>Why a pool is not mounted.</summary>
    private readonly ConcurrentDictionary<string, string> _unavailable = new();

    /// <summary>What follows when a pool that was missing is there; set by the domains.</summary>
    public List<Func<string, CancellationToken, Task>> Arrived { get; } = [];

    /// <summary>Whether all pools are mounted.</summary>
    public async Task<bool> IsReadyAsync(CancellationToken ct) => !(await MissingAsync(ct).ConfigureAwait(false)).Any();

    /// <summary>Mounts all pools; one that cannot be mounted is told in the log and a warning, and tried again by <see cref="RetryAsync"/>.</summary>
    public async Task MountAllAsync(CancellationToken ct)
    {
        foreach (var pool in await MissingAsync(ct).ConfigureAwait(false))
        {
            await MountAsync(pool, ct).ConfigureAwait(false);
        }
    }

    /// <summary>Tries those again that could not be mounted; a request may have done it meanwhile.</summary>
    public async Task RetryAsync(CancellationToken ct)
    {
        if (_unavailable.IsEmpty)
        {
            return;
        }

        var all = await store.ListAsync(ct).ConfigureAwait(false);
        foreach (var gone in _unavailable.Keys.Except(all.Select(p => p.Name)))
        {
            _unavailable.TryRemove(gone, out _);
        }

        foreach (var pool in all.Where(p => _unavailable.ContainsKey(p.Name)))
        {
            await MountAsync(pool, ct).ConfigureAwait(false);
        }
    }

    private async Task<IEnumerable<PoolRecord>> MissingAsync(CancellationToken ct) =>
        (await store.ListAsync(ct).ConfigureAwait(false)).Where(p => p.State == PoolRecord.Created && !drivers.IsOpen(p.Name));

    private async Task MountAsync(PoolRecord pool, CancellationToken ct)
    {
        try
        {
            await drivers.OpenAsync(pool.Name, ct).ConfigureAwait(false);
        }
        catch (ApiException e)
        {
            // The same words again are no news.
            var why = e.InnerException?.Message ?? e.Message;
            if (_unavailable.GetValueOrDefault(pool.Name) != why)
            {
                _unavailable[pool.Name] = why;
                log.PoolUnavailable(pool.Name, e);
                await warnings.RaiseAsync(WarningKind.StoragePoolUnavailable, WarningSubject.Pool(pool.Id), why, ct).ConfigureAwait(false);
            }

            return;
        }

        await warnings.ResolveAsync(WarningKind.StoragePoolUnavailable, WarningSubject.Pool(pool.Id), ct).ConfigureAwait(false);
        if (_unavailable.TryRemove(pool.Name, out _))
        {
            log.PoolAvailable(pool.Name);
            foreach (var next in Arrived)
            {
                await next(pool.Name, ct).ConfigureAwait(false);
            }
        }
    }
}
