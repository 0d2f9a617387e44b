using System.Collections.Concurrent;
using Lxd.Core;
using Lxd.Daemon.Hosting;
using Lxd.Storage;

namespace Lxd.Daemon.Storage;

/// <summary>The drivers of the pools, opened and mounted once.</summary>
internal sealed class PoolDrivers(PoolStore store, DaemonPaths paths)
{
    private readonly ConcurrentDictionary<string, IStorageDriver> _open = new();
    private readonly SemaphoreSlim _gate = new(1, 1);

    public bool IsOpen(string pool) => _open.ContainsKey(pool);

    /// <summary>The driver of a pool that is mounted; null where it is not.</summary>
    public IStorageDriver? Find(string pool) => _open.GetValueOrDefault(pool);

    public PoolSpec Spec(string pool, IReadOnlyDictionary<string, string> config) => new(pool, Path.Combine(paths.StoragePools, pool), paths.Disks, config);

    /// <summary>The driver of a mounted pool; mounts it where that was not possible earlier. One that cannot be mounted is unavailable, the cause tells why.</summary>
    public async Task<IStorageDriver> OpenAsync(string pool, CancellationToken ct)
    {
        if (_open.TryGetValue(pool, out var known))
        {
            return known;
        }

        var record = await store.GetAsync(pool, ct).ConfigureAwait(false);
        if (record.State != PoolRecord.Created)
        {
            throw ApiException.BadRequest("Storage pool is not in created state");
        }

        await _gate.WaitAsync(ct).ConfigureAwait(false);
        try
        {
            if (_open.TryGetValue(pool, out known))
            {
                return known;
            }

            var driver = StorageDrivers.Get(record.Driver).Open(Spec(pool, record.Config));
            await driver.MountAsync(ct).ConfigureAwait(false);
            return _open[pool] = driver;
        }
        catch (Exception e) when (e is IOException or ApiException or UnauthorizedAccessException)
        {
            throw ApiException.Unavailable($"Storage pool \"{pool}\" unavailable on this server", e);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Forgets a driver whose pool changed or went; the next use opens it anew.</summary>
    public void Forget(string pool) => _open.TryRemove(pool, out _);
}
