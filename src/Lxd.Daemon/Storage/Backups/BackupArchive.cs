using System.Text;
using Lxd.Core;
using Lxd.Core.Api;
using Lxd.Linux.Archives;
using Lxd.Storage;

namespace Lxd.Daemon.Storage.Backups;

/// <summary>A backup that came from outside: what it says of itself, checked, and its content.</summary>
internal sealed class BackupArchive
{
    private const int MaxIndex = 16 << 20;
    private readonly string _file;
    private readonly BackupLayout _layout;

    private BackupArchive(string file, BackupIndex index, BackupLayout layout)
    {
        _file = file;
        _layout = layout;
        Index = index;
    }

    public BackupIndex Index { get; }

    /// <summary>The description of what was backed up, in the shape of version 2.</summary>
    public BackupConfig Config => Index.Config!;

    /// <summary>The names of the snapshots that are to be restored.</summary>
    public IReadOnlyList<string> Snapshots => Index.Snapshots!;

    /// <summary>Reads the index of a backup; a bad request for a file that is none.</summary>
    /// <param name="type">What a backup that does not tell its type is taken for.</param>
    public static async Task<BackupArchive> OpenAsync(string file, string type, CancellationToken ct)
    {
        if (Archive.Detect(file) is var kind && !kind.IsTar() && kind != ArchiveKind.SquashFs)
        {
            throw ApiException.BadRequest("Unsupported compression");
        }

        var bytes = await Unpacker.ReadFileAsync(file, BackupLayout.Index, MaxIndex, ct).ConfigureAwait(false) ?? throw ApiException.BadRequest("Backup is missing index.yaml");
        var index = Json.Parse<BackupIndex>(Yaml.Parse(Encoding.UTF8.GetString(bytes), textMapsFrom: 1));
        index = index with { Type = index.Type.Length > 0 ? index.Type : type };
        var layout = BackupLayout.Of(index.Type) ?? throw ApiException.BadRequest($"Unknown backup type \"{index.Type}\"");
        if (index.Config is null && index.Type == "container" && await Unpacker.ReadFileAsync(file, layout.PathOf("") + "/backup.yaml", MaxIndex, ct).ConfigureAwait(false) is { } inside)
        {
            // Servers before 4.0 told it only there.
            index = index with { Config = Yaml.To<BackupConfig>(Encoding.UTF8.GetString(inside)) };
        }

        if (index.Config is null)
        {
            throw ApiException.BadRequest("Backup is missing its config");
        }

        var old = index.Config.Instance is null && (index.Config.Container is not null || index.Config.Volume is not null);
        index = index with { Config = index.Config.Upgrade() };
        Check(index, complete: !old);
        return new BackupArchive(file, index, layout);
    }

    /// <summary>Makes the volume and its snapshots in a pool; nothing is left behind on failure.</summary>
    /// <param name="devices">Which device nodes of the backup are made.</param>
    public async Task RestoreAsync(IStorageDriver driver, VolumeRef volume, VolumeSize size, DevicePolicy devices, CancellationToken ct)
    {
        if (Index.Optimized && (driver.Streams is null || Index.Backend != driver.Factory.Name))
        {
            throw ApiException.BadRequest($"Optimized backup storage driver \"{Index.Backend}\" differs from the target storage pool driver \"{driver.Factory.Name}\"");
        }

        await using var undo = new Rollback();
        if (Index.Optimized)
        {
            await RestoreStreamsAsync(driver.Streams!, driver, volume, size, devices, undo, ct).ConfigureAwait(false);
        }
        else
        {
            await driver.Volumes.CreateAsync(volume, volume.HasDisk ? size with { Bytes = 0 } : size, (place, token) => FillAsync("", volume, place, devices, token), ct).ConfigureAwait(false);
            undo.Add(() => driver.Volumes.DeleteAsync(volume, CancellationToken.None));
            foreach (var snapshot in Snapshots)
            {
                await driver.Snapshots.CreateFilledAsync(volume.Snapshot(snapshot), (place, token) => FillAsync(snapshot, volume, place, devices, token), ct).ConfigureAwait(false);
                undo.Add(() => driver.Snapshots.DeleteAsync(volume.Snapshot(snapshot), CancellationToken.None));
            }
        }

        undo.Commit();
    }

    private async Task RestoreStreamsAsync(IVolumeStreams streams, IStorageDriver driver, VolumeRef volume, VolumeSize size, DevicePolicy devices, Rollback undo, CancellationToken ct)
    {
        var parts = await PartsAsync(ct).ConfigureAwait(false);
        foreach (var one in Snapshots.Select(volume.Snapshot).Append(volume))
        {
            var own = parts.FindAll(p => p.Snapshot == one.SnapshotName);
            await streams.ReceiveAsync(one, size, own, (part, output, token) => StreamAsync(_layout.StreamOf(part.Snapshot, part.Path), output, token), path => StrangeNodes.Remove(path, devices, ct), ct).ConfigureAwait(false);
            undo.Add(() => one.IsSnapshot ? driver.Snapshots.DeleteAsync(one, CancellationToken.None) : driver.Volumes.DeleteAsync(one, CancellationToken.None));
        }
    }

    /// <summary>What the header says of the streams; without one each volume is one stream.</summary>
    private async Task<List<StreamPart>> PartsAsync(CancellationToken ct)
    {
        if (!Index.OptimizedHeader)
        {
            return [.. Snapshots.Append("").Select(s => new StreamPart("/", s, s.Length > 0, ""))];
        }

        var bytes = await Unpacker.ReadFileAsync(_file, BackupLayout.StreamsHeader, MaxIndex, ct).ConfigureAwait(false) ?? throw ApiException.BadRequest("Backup is missing optimized_header.yaml");
        return StreamHeaders.Read(Yaml.Parse(Encoding.UTF8.GetString(bytes)));
    }

    private async Task FillAsync(string snapshot, VolumeRef volume, VolumePlace place, DevicePolicy devices, CancellationToken ct)
    {
        var name = _layout.PathOf(snapshot);
        if (volume.HasFiles && !await Unpacker.UnpackTreeAsync(_file, name, place.Directory, new UnpackOptions { Devices = devices }, ct).ConfigureAwait(false))
        {
            throw ApiException.BadRequest($"Backup is missing \"{name}\"");
        }

        if (volume.HasDisk)
        {
            // Nothing that came for a file is taken for the disk.
            File.Delete(Path.Combine(place.Directory, Path.GetFileName(place.Disk)));
            await using var disk = new SparseFile(place.Disk);
            await StreamAsync(name + ".img", disk, ct).ConfigureAwait(false);
        }
    }

    private async Task StreamAsync(string name, Stream output, CancellationToken ct)
    {
        if (!await Unpacker.StreamFileAsync(_file, name, output, ct).ConfigureAwait(false))
        {
            throw ApiException.BadRequest($"Backup is missing \"{name}\"");
        }
    }

    /// <summary>Names become paths, and what the index lists must be what its config describes.</summary>
    /// <param name="complete">Whether the volume must be described with its snapshots; version 1 may leave it out.</param>
    private static void Check(BackupIndex index, bool complete)
    {
        if (index.Name.Length == 0 && index.Type != "custom")
        {
            throw ApiException.BadRequest("Backup is missing its name");
        }

        foreach (var snapshot in index.Snapshots)
        {
            Names.CheckPathSegment(snapshot ?? "", "snapshot");
        }

        var config = index.Config!;
        var volume = config.Own();
        if ((index.Type != "custom" && config.Instance is null) || (volume is null && (complete || index.Type == "custom")))
        {
            throw ApiException.BadRequest("Invalid backup config: The volume or instance is missing");
        }

        if (index.Type != "custom")
        {
            Same(index.Snapshots, config.Snapshots.Select(s => s!.Name));
        }

        if (volume is not null && (complete || volume.Snapshots.Count > 0))
        {
            Same(index.Snapshots, volume!.Snapshots.Select(s => s!.Name));
        }
    }

    private static void Same(IEnumerable<string?> listed, IEnumerable<string> described)
    {
        if (!listed.Order(StringComparer.Ordinal).SequenceEqual(described.Order(StringComparer.Ordinal)))
        {
            throw ApiException.BadRequest("Invalid backup config: The snapshots of the index are not those of its config");
        }
    }
}
