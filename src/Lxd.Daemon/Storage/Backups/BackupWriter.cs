using System.Text;
using System.Text.Json.Nodes;
using Lxd.Core;
using Lxd.Linux.Archives;
using Lxd.Linux.Disks;
using Lxd.Storage;

namespace Lxd.Daemon.Storage.Backups;

/// <summary>Writes the backup of a volume with its snapshots into a file.</summary>
/// <param name="type"><c>container</c>, <c>virtual-machine</c> or <c>custom</c>.</param>
/// <param name="snapshots">Names, oldest first.</param>
internal sealed class BackupWriter(IStorageDriver driver, VolumeRef volume, string type, IReadOnlyList<string> snapshots)
{
    private readonly BackupLayout _layout = BackupLayout.Of(type) ?? throw new ArgumentException(type, nameof(type));

    /// <summary>The volume's name without its project.</summary>
    public required string Name { get; init; }

    /// <summary>The index's <c>config</c>.</summary>
    public required JsonNode Config { get; init; }

    /// <summary>Whether the driver's own form is wanted; a driver that has none writes files all the same.</summary>
    public bool Optimized { get; init; }

    /// <summary>What goes in place of the instance's <c>backup.yaml</c>, which is left out otherwise: old servers look for it there.</summary>
    public byte[]? BackupFile { get; init; }

    /// <param name="path">Is made; what is there when this fails is removed.</param>
    /// <param name="compressor">As the packer knows it.</param>
    public async Task WriteAsync(string path, string compressor, Action<long>? progress, CancellationToken ct)
    {
        await using var undo = new Rollback();
        undo.Add(() => File.Delete(path));
        await using (var file = new FileStream(path, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite, Options = FileOptions.Asynchronous }))
        {
            if (Optimized && driver.Streams is { } streams)
            {
                await WriteStreamsAsync(streams, file, path + ".parts", compressor, progress, ct).ConfigureAwait(false);
            }
            else
            {
                await WriteFilesAsync(file, path, compressor, progress, ct).ConfigureAwait(false);
            }
        }

        undo.Commit();
    }

    private async Task WriteFilesAsync(Stream file, string path, string compressor, Action<long>? progress, CancellationToken ct)
    {
        await using var still = driver.Streams is { } streams ? await streams.HoldAsync(volume, null, ct).ConfigureAwait(false) : null;
        var items = new List<PackItem> { Index(false) };
        foreach (var snapshot in snapshots)
        {
            items.AddRange(Items(driver.Volumes.MountPath(volume.Snapshot(snapshot)), snapshot));
        }

        items.AddRange(Items(still?.Path ?? driver.Volumes.MountPath(volume), ""));
        if (BackupFile is not null)
        {
            items.Add(PackItem.Text($"{_layout.PathOf("")}/backup.yaml", BackupFile));
        }

        await Packer.PackAsync(file, compressor, items, progress, ct, path + ".squashfs").ConfigureAwait(false);
    }

    private IEnumerable<PackItem> Items(string directory, string snapshot)
    {
        var disk = volume.HasDisk ? Path.GetFileName(driver.Volumes.DiskPath(volume)) : "";
        if (volume.HasFiles)
        {
            yield return PackItem.Tree(directory, _layout.PathOf(snapshot), exclude: type == "custom" ? null : name => name == "backup.yaml" || name == disk);
        }

        if (volume.HasDisk)
        {
            yield return PackItem.Tree(DiskFile.Checked(Path.Combine(directory, disk)), _layout.PathOf(snapshot) + ".img");
        }
    }

    /// <summary>A tar tells the size of a file before its content, and a stream's size is known at its end: they are written beside the backup first.</summary>
    private async Task WriteStreamsAsync(IVolumeStreams streams, Stream file, string work, string compressor, Action<long>? progress, CancellationToken ct)
    {
        Directory.CreateDirectory(work, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        try
        {
            var parts = new List<StreamPart>();
            var items = new List<PackItem>();
            VolumeRef? parent = null;
            foreach (var one in snapshots.Select(volume.Snapshot).Append(volume))
            {
                await using var still = await streams.HoldAsync(one, one.IsSnapshot || BackupFile is null ? null : WriteBackupFile, ct).ConfigureAwait(false);
                foreach (var part in still.Parts)
                {
                    var target = Path.Combine(work, items.Count.ToString(System.Globalization.CultureInfo.InvariantCulture));
                    await using (var stream = new FileStream(target, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite }))
                    {
                        await still.SendAsync(part, parent, stream, ct).ConfigureAwait(false);
                    }

                    parts.Add(part);
                    items.Add(PackItem.Tree(target, _layout.StreamOf(part.Snapshot, part.Path)));
                }

                parent = one;
            }

            var header = PackItem.Text(BackupLayout.StreamsHeader, Encoding.UTF8.GetBytes(Yaml.Format(StreamHeaders.Write(parts))));
            await Packer.PackAsync(file, compressor, [Index(true), header, .. items], progress, ct, work + ".squashfs").ConfigureAwait(false);
        }
        finally
        {
            Directory.Delete(work, true);
        }
    }

    private void WriteBackupFile(string directory)
    {
        var path = Path.Combine(directory, "backup.yaml");
        File.Delete(path);
        using var file = new FileStream(path, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead });
        file.Write(BackupFile);
    }

    private PackItem Index(bool optimized)
    {
        var index = new JsonObject { ["name"] = Name, ["backend"] = driver.Factory.Name, ["pool"] = driver.Pool.Name };
        VolumeDocuments.AddIfAny(index, "snapshots", new JsonArray([.. snapshots.Select(s => (JsonNode)JsonValue.Create(s))]));
        index["optimized"] = optimized;
        index["optimized_header"] = optimized;
        index["type"] = type;
        index["config"] = Config.DeepClone();
        return PackItem.Text(BackupLayout.Index, Encoding.UTF8.GetBytes(Yaml.Format(index)));
    }
}
