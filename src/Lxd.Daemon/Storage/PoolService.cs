using Lxd.Core.Api;
using Lxd.Core;
using Lxd.Daemon.Events;
using Lxd.Daemon.Http;
using Lxd.Storage;
using Microsoft.Extensions.Logging;

namespace Lxd.Daemon.Storage;

/// <summary>Storage pools: made, changed, removed, and mounted again at start.</summary>
internal sealed class PoolService(PoolStore store, PoolDrivers drivers, EventHub events, ILogger log)
{
    public Task<List<PoolRecord>> ListAsync(CancellationToken ct) => store.ListAsync(ct);

    public Task<PoolRecord> GetAsync(string name, CancellationToken ct) => store.GetAsync(name, ct);

    public StoragePool ToApi(PoolRecord pool) => pool.ToApi(drivers.IsOpen(pool.Name));

    private static readonly IReadOnlyList<ServerStorageDriverInfo> OfThisHost =
        [.. StorageDrivers.All.Where(d => d.Available).Select(d => new ServerStorageDriverInfo { Name = d.Name, Version = d.Version, Remote = false })];

    /// <summary>The drivers that work on this host.</summary>
    public static IReadOnlyList<ServerStorageDriverInfo> Drivers() => OfThisHost;

    /// <summary>The drivers of the pools there are.</summary>
    public Task<IReadOnlyList<string>> UsedAsync(CancellationToken ct) => store.DriversAsync(ct);

    /// <summary>Takes all pools from the host's tree, after the instances are down.</summary>
    public async Task UnmountAllAsync(CancellationToken ct)
    {
        foreach (var pool in (await store.ListAsync(ct).ConfigureAwait(false)).Where(p => drivers.IsOpen(p.Name)))
        {
            try
            {
                await (await drivers.OpenAsync(pool.Name, ct).ConfigureAwait(false)).UnmountAsync(ct).ConfigureAwait(false);
                drivers.Forget(pool.Name);
            }
            catch (Exception e) when (e is IOException or ApiException or UnauthorizedAccessException)
            {
                log.PoolStaysMounted(pool.Name, e);
            }
        }
    }

    /// <summary>Checks what can be checked before the work begins.</summary>
    public static void CheckNew(StoragePoolsPost post)
    {
        if (post.Name.Length == 0)
        {
            throw ApiException.BadRequest("No name provided");
        }

        Names.CheckPathSegment(post.Name, "storage pool");
        if (post.Name[0] is '-' or '.' || post.Name.Any(char.IsWhiteSpace))
        {
            throw ApiException.BadRequest($"Invalid storage pool name \"{post.Name}\": Name must not start with \"-\" or \".\" nor contain whitespace");
        }

        if (post.Driver.Length == 0)
        {
            throw ApiException.BadRequest("No driver provided");
        }

        var factory = StorageDrivers.Get(post.Driver);
        if (!factory.Available)
        {
            throw ApiException.BadRequest($"Storage driver \"{post.Driver}\" isn't available on this system");
        }

        factory.PoolKeys.Validate(post.Config, "Invalid option for storage pool");
    }

    public async Task CreateAsync(StoragePoolsPost post, OperationRequestor requestor, CancellationToken ct)
    {
        CheckNew(post);
        await using var rollback = new Rollback(e => log.UndoFailed(post.Name, e));
        await store.InsertAsync(post.Name, post.Driver, post.Description, post.Config, ct).ConfigureAwait(false);
        rollback.Add(() => store.DeleteAsync(post.Name, CancellationToken.None));
        var driver = StorageDrivers.Get(post.Driver).Open(drivers.Spec(post.Name, post.Config));
        var config = await driver.CreateAsync(ct).ConfigureAwait(false);
        // A pool that was there before is not ours to remove.
        rollback.Add(() => Core.Config.Checks.IsTrue(post.Config.GetValueOrDefault("source.recover")) ? driver.UnmountAsync(CancellationToken.None) : driver.DeleteAsync(CancellationToken.None));
        await store.UpdateAsync(post.Name, post.Description, config, ct).ConfigureAwait(false);
        await drivers.OpenAsync(post.Name, ct).ConfigureAwait(false);
        rollback.Commit();
        events.Lifecycle("storage-pool-created", "default", Names.Url("default", "1.0", "storage-pools", post.Name), requestor, new() { ["target"] = "" }, post.Name);
    }

    public async Task UpdateAsync(PoolRecord pool, StoragePoolPut put, OperationRequestor requestor, CancellationToken ct)
    {
        StorageDrivers.Get(pool.Driver).PoolKeys.Validate(put.Config, "Invalid option for storage pool");
        var config = new Dictionary<string, string>(put.Config);
        foreach (var (key, value) in pool.Config.Where(c => c.Key == "source" || c.Key.StartsWith("volatile.", StringComparison.Ordinal)))
        {
            config.TryAdd(key, value);
        }

        var driver = await drivers.OpenAsync(pool.Name, ct).ConfigureAwait(false);
        await driver.UpdateAsync(config, ct).ConfigureAwait(false);
        await store.UpdateAsync(pool.Name, put.Description, config, ct).ConfigureAwait(false);
        drivers.Forget(pool.Name);
        await drivers.OpenAsync(pool.Name, ct).ConfigureAwait(false);
        events.Lifecycle("storage-pool-updated", "default", pool.Url, requestor, name: pool.Name);
    }

    /// <summary>Throws where something other than kept images lies in the pool.</summary>
    public static void CheckUnused(PoolRecord pool)
    {
        if (pool.UsedBy.Any(u => !u.StartsWith("/1.0/images/", StringComparison.Ordinal)))
        {
            throw ApiException.BadRequest("The storage pool is currently in use");
        }
    }

    public async Task DeleteAsync(PoolRecord pool, OperationRequestor requestor, CancellationToken ct)
    {
        CheckUnused(pool);
        if (pool.State == PoolRecord.Created)
        {
            var driver = StorageDrivers.Get(pool.Driver).Open(drivers.Spec(pool.Name, pool.Config));
            await driver.DeleteAsync(ct).ConfigureAwait(false);
        }

        drivers.Forget(pool.Name);
        await store.DeleteAsync(pool.Name, CancellationToken.None).ConfigureAwait(false);
        events.Lifecycle("storage-pool-deleted", "default", pool.Url, requestor, name: pool.Name);
    }

    public async Task<ResourcesStoragePool> ResourcesAsync(string name, CancellationToken ct)
    {
        var usage = (await drivers.OpenAsync(name, ct).ConfigureAwait(false)).Usage();
        return new ResourcesStoragePool
        {
            Space = new() { Total = (ulong)usage.TotalBytes, Used = (ulong)usage.UsedBytes },
            Inodes = new() { Total = (ulong)usage.TotalInodes, Used = (ulong)usage.UsedInodes },
        };
    }
}
