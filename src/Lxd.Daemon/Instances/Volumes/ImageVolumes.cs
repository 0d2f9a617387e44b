using System.Collections.Concurrent;
using Lxd.Core;
using Lxd.Daemon.Images;
using Lxd.Storage;

namespace Lxd.Daemon.Instances.Volumes;

/// <summary>Images unpacked once in a pool whose driver can clone volumes.</summary>
internal sealed class ImageVolumes(IInstancePools pools, VolumeRows rows, ImageUnpacking unpacking)
{
    private const string Project = "default";
    private readonly ImageLocks _locks = new();
    private readonly ConcurrentDictionary<(string Pool, string Fingerprint), bool> _usedOnce = new();

    /// <summary>Makes the volume of an image's first instance. Where a copy is not the work of a moment it is unpacked by itself: files just written have to reach the disk before they can
    /// share their blocks, which takes longer than to unpack them again should there be a second instance. Where others wait for the same image by then, its volume becomes the image's too.</summary>
    /// <param name="make">Unpacks the image into the instance's volume.</param>
    /// <returns>Whether it was the first; the others are copies of the image's volume.</returns>
    public async Task<bool> TryFirstAsync(IStorageDriver driver, string fingerprint, VolumeRef instance, Func<CancellationToken, Task> make, CancellationToken ct)
    {
        var image = Ref(fingerprint, instance.Content);
        if (driver.InstantCopies || driver.Volumes.Exists(image))
        {
            return false;
        }

        using var lease = await _locks.TakeAsync($"{driver.Pool.Name}/{fingerprint}", ct).ConfigureAwait(false);
        if (driver.Volumes.Exists(image) || !_usedOnce.TryAdd((driver.Pool.Name, fingerprint), true))
        {
            return false;
        }

        await make(ct).ConfigureAwait(false);
        if (lease.IsAwaited && !image.HasDisk)
        {
            try
            {
                await MakeAsync(driver, image, token => driver.Volumes.CopyAsync(instance, image, default, token), ct).ConfigureAwait(false);
            }
            catch (Exception e) when (e is ApiException or IOException or OperationCanceledException)
            {
                // The instance is there; the others unpack the image once more.
            }
        }

        return true;
    }

    /// <summary>The image's volume, made where it is missing or was made with other settings of the pool. However many ask at the same time, it is made once.</summary>
    public async Task<VolumeRef> GetAsync(IStorageDriver driver, string fingerprint, ContentType content, Action<string> progress, CancellationToken ct)
    {
        var image = Ref(fingerprint, content);
        var pool = driver.Pool.Name;
        using var lease = await _locks.TakeAsync($"{pool}/{fingerprint}", ct).ConfigureAwait(false);
        if (driver.Volumes.Exists(image))
        {
            var known = await rows.FindAsync(Key(pool, fingerprint), ct).ConfigureAwait(false);
            if (known is not null && Same(known.Config, Settings(driver, content)))
            {
                return image;
            }

            await driver.Volumes.DeleteAsync(image, ct).ConfigureAwait(false);
        }

        using var opened = await unpacking.OpenAsync(fingerprint, content, ct).ConfigureAwait(false);
        await MakeAsync(driver, image, token => driver.Volumes.CreateAsync(image, opened.DiskSize, (place, t) => opened.UnpackAsync(place, progress, t), token), ct).ConfigureAwait(false);
        return image;
    }

    /// <summary>Removes what pools keep of an image.</summary>
    public async Task DeleteAsync(IEnumerable<string> poolNames, string fingerprint, CancellationToken ct)
    {
        foreach (var pool in poolNames.ToList())
        {
            using var lease = await _locks.TakeAsync($"{pool}/{fingerprint}", ct).ConfigureAwait(false);
            _usedOnce.TryRemove((pool, fingerprint), out _);
            if (await rows.FindAsync(Key(pool, fingerprint), ct).ConfigureAwait(false) is not { } known)
            {
                continue;
            }

            await (await pools.OpenAsync(pool, ct).ConfigureAwait(false)).Volumes.DeleteAsync(Ref(fingerprint, known.Content), ct).ConfigureAwait(false);
            await rows.DeleteAsync(Key(pool, fingerprint), ct).ConfigureAwait(false);
        }
    }

    /// <summary>Where a pool has a volume of the old image it gets one of the image that takes its place: the next launch is as quick as the last.</summary>
    public async Task ReplaceAsync(IEnumerable<string> poolNames, string fingerprint, string next, CancellationToken ct)
    {
        foreach (var pool in poolNames.ToList())
        {
            if (await rows.FindAsync(Key(pool, fingerprint), ct).ConfigureAwait(false) is { } known)
            {
                await GetAsync(await pools.OpenAsync(pool, ct).ConfigureAwait(false), next, known.Content, _ => { }, ct).ConfigureAwait(false);
            }
        }
    }

    /// <summary>The image's volume and its row, or neither.</summary>
    private async Task MakeAsync(IStorageDriver driver, VolumeRef image, Func<CancellationToken, Task> make, CancellationToken ct)
    {
        var key = Key(driver.Pool.Name, image.Name);
        var details = VolumeDetails.New(image.Content) with { Config = Settings(driver, image.Content) };
        await rows.DeleteAsync(key, ct).ConfigureAwait(false);
        await make(ct).ConfigureAwait(false);
        await using var undo = new Rollback();
        undo.Add(() => driver.Volumes.DeleteAsync(image, CancellationToken.None));
        await rows.InsertAsync(key, DateTime.UtcNow, details.Anew(), ct).ConfigureAwait(false);
        undo.Commit();
    }

    private static VolumeRef Ref(string fingerprint, ContentType content) => new(VolumeType.Image, fingerprint, content);

    private static VolumeKey Key(string pool, string fingerprint) => new(pool, Project, VolumeType.Image, fingerprint);

    /// <summary>The pool's defaults for volumes that an image's volume depends on.</summary>
    private static Dictionary<string, string> Settings(IStorageDriver driver, ContentType content) => driver.Factory.VolumeKeys(VolumeType.Image, content).Keys
        .Where(k => !k.IsPattern && !k.Name.StartsWith("volatile.", StringComparison.Ordinal) && driver.Pool.Get("volume." + k.Name).Length > 0)
        .ToDictionary(k => k.Name, k => driver.Pool.Get("volume." + k.Name), StringComparer.Ordinal);

    private static bool Same(Dictionary<string, string> known, Dictionary<string, string> wanted)
    {
        var own = known.Where(k => !k.Key.StartsWith("volatile.", StringComparison.Ordinal)).ToList();
        return own.Count == wanted.Count && own.All(k => wanted.GetValueOrDefault(k.Key) == k.Value);
    }
}
