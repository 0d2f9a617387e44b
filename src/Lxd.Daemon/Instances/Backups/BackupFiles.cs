using System.Text.Json.Nodes;
using Lxd.Core;
using Lxd.Daemon.Storage;
using Lxd.Daemon.Storage.Backups;
using Lxd.Runtime;
using Lxd.Storage;
using Microsoft.Extensions.Logging;

namespace Lxd.Daemon.Instances.Backups;

/// <summary><c>backup.yaml</c> at the root of each instance's volume: what <c>lxd recover</c> brings an instance back from when the database is gone.
/// It is written anew after every change; an instance works without it, so a volume that takes no more data is only told in the log.</summary>
internal sealed class BackupFiles(InstanceStore store, InstanceDocuments documents, Func<InstanceRecord, RunStatus> status, IInstanceVolumes volumes, ILogger log)
{
    public const string FileName = "backup.yaml";
    private const string Temporary = ".backup.yaml";
    private const int Lanes = 16;

    // Two changes at the same time must not write an older state last: what is written is read while the lane is held.
    private readonly SemaphoreSlim[] _lanes = [.. Enumerable.Range(0, Lanes).Select(_ => new SemaphoreSlim(1, 1))];

    /// <summary>Writes the file of an instance as the database has it now; does nothing for one that went.</summary>
    public async Task WriteAsync(long id, CancellationToken ct)
    {
        var lane = _lanes[id % Lanes];
        await lane.WaitAsync(ct).ConfigureAwait(false);
        try
        {
            if ((await store.ListAsync(new InstanceFilter(Id: id), ct).ConfigureAwait(false)).FirstOrDefault() is { } instance && instance.RootDisk() is not null)
            {
                await WriteAsync(instance, ct).ConfigureAwait(false);
            }
        }
        finally
        {
            lane.Release();
        }
    }

    /// <summary>Removes what a daemon that died while it wrote left in the volume.</summary>
    public void RemoveHalf(InstanceRecord instance) => RemoveHalf(volumes.PathOf(instance));

    /// <summary>An instance as another server is told of it, in the first version of the format.</summary>
    /// <param name="alone">The snapshot that goes alone: then there is no instance to tell of; null for the instance.</param>
    public async Task<JsonObject> DescribeAsync(InstanceRecord instance, IReadOnlyList<SnapshotRecord> snapshots, string? alone, CancellationToken ct)
    {
        var document = await documents.OfAsync(instance, status(instance), snapshots, 1, ct).ConfigureAwait(false);
        if (alone is not null)
        {
            document.Remove("container");
            if (document["volume"] is { } volume)
            {
                volume["name"] = $"{instance.Name}/{alone}";
            }
        }

        return document;
    }

    /// <summary>Refuses a volume whose file is a link: it was put there by somebody else, and leads out of the volume.</summary>
    public static void CheckConfined(string directory)
    {
        if (new FileInfo(Path.Combine(directory, FileName)).LinkTarget is not null)
        {
            throw new ApiException(500, $"openat {FileName}: path escapes from parent");
        }
    }

    /// <summary>Writes the files of the instances that use a volume: its own instance's, or those of all it is attached to.</summary>
    public async Task VolumeChangedAsync(VolumeRecord volume, CancellationToken ct)
    {
        var instances = await store.ListAsync(new InstanceFilter(), ct).ConfigureAwait(false);
        foreach (var instance in instances.Where(i => volume.Type == VolumeType.Custom
            ? i.ExpandedDevices.Values.Any(d => d.GetValueOrDefault("pool") == volume.Pool && InstanceDocuments.CustomVolume(d) == volume.Name)
            : volume.Type != VolumeType.Image && i.Name == volume.Name && i.Project == volume.Project))
        {
            await WriteAsync(instance.Id, ct).ConfigureAwait(false);
        }
    }

    private static void RemoveHalf(string directory)
    {
        var temporary = Path.Combine(directory, Temporary);
        if (Directory.Exists(directory) && !Directory.Exists(temporary))
        {
            File.Delete(temporary);
        }
    }

    private async Task WriteAsync(InstanceRecord instance, CancellationToken ct)
    {
        var directory = volumes.PathOf(instance);
        if (!Directory.Exists(directory))
        {
            return;
        }

        try
        {
            CheckConfined(directory);
            var snapshots = await store.SnapshotsAsync(instance.Id, ct).ConfigureAwait(false);
            var text = Yaml.Format(await documents.OfAsync(instance, status(instance), snapshots, VolumeDocuments.Latest, ct).ConfigureAwait(false));
            RemoveHalf(directory);
            var temporary = Path.Combine(directory, Temporary);
            await using (var file = new StreamWriter(new FileStream(temporary, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead })))
            {
                await file.WriteAsync(text.AsMemory(), ct).ConfigureAwait(false);
            }

            File.Move(temporary, Path.Combine(directory, FileName), true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ApiException)
        {
            log.BackupFileFailed(instance.Name, instance.Project, e);
            RemoveHalf(directory);
        }
    }
}
