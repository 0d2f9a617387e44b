using Lxd.Core;
using Lxd.Linux.Btrfs;
using Lxd.Linux.Disks;
using Lxd.Linux.Processes;

namespace Lxd.Storage.Btrfs;

/// <summary>Volumes as <c>btrfs send</c> writes them.</summary>
internal sealed class BtrfsStreams(PoolLayout layout, BtrfsTrees trees, FolderVolumes volumes) : IVolumeStreams
{
    private static readonly Version SharesAcrossMounts = new(5, 18);

    private const string TwinName = ".migration-send";

    public async Task<IStillVolume> HoldAsync(VolumeRef volume, Action<string>? prepare, CancellationToken ct)
    {
        var path = volumes.Existing(volume);
        var parts = Subvolumes.Describe(path).ConvertAll(s => new StreamPart(s.Path, volume.SnapshotName, s.ReadOnly, s.Uuid.ToString()));
        if (volume.IsSnapshot && prepare is null && parts.TrueForAll(p => p.ReadOnly))
        {
            return new Still(layout, path, parts, null);
        }

        // A twin of what is written to: read-only, beside it, gone afterwards. Its name goes with the stream; other servers look for this one.
        var folder = PoolLayout.TemporaryBeside(path);
        await using var undo = new Rollback();
        undo.Add(() => trees.DeleteAsync(folder, CancellationToken.None));
        var twin = Path.Combine(Directory.CreateDirectory(Path.Combine(folder, BtrfsTrees.CornerPrefix + "twin")).FullName, volume.IsSnapshot ? volume.SnapshotName : TwinName);
        await trees.CloneAsync(path, twin, ct).ConfigureAwait(false);
        prepare?.Invoke(twin);
        // Only what is read-only can be sent, nested subvolumes too.
        foreach (var part in parts)
        {
            Subvolumes.SetReadOnly(twin, part.Path, true);
        }

        undo.Commit();
        return new Still(layout, twin, parts, () => trees.DeleteAsync(folder, CancellationToken.None));
    }

    public async Task ReceiveAsync(VolumeRef volume, VolumeSize size, IReadOnlyList<StreamPart> parts, Func<StreamPart, Stream, CancellationToken, Task> feed, Action<string> settle, CancellationToken ct, bool replace = false)
    {
        if (parts.Count == 0 || parts[0].Path != "/")
        {
            throw ApiException.BadRequest("The stream has no root subvolume");
        }

        if (volume.IsSnapshot)
        {
            PoolLayout.MakeFolder(layout.SnapshotsOf(volume));
        }

        Task MakeAsync(string path) => BuildAsync(path, volume, size, parts, feed, settle, ct);
        await (replace ? volumes.ReplaceAsync(volume, MakeAsync, ct) : volumes.BuildAsync(layout.PathOf(volume), MakeAsync, ct)).ConfigureAwait(false);
    }

    public bool Has(VolumeRef volume, StreamPart part) =>
        volumes.Exists(volume) && Subvolumes.Describe(layout.PathOf(volume)).Exists(s => s.Path == part.Path && s.ReadOnly && s.Uuid.ToString() == part.Uuid);

    private async Task BuildAsync(string path, VolumeRef volume, VolumeSize size, IReadOnlyList<StreamPart> parts, Func<StreamPart, Stream, CancellationToken, Task> feed, Action<string> settle, CancellationToken ct)
    {
        var work = PoolLayout.TemporaryBeside(path);
        Directory.CreateDirectory(work);
        await using var done = new Rollback();
        done.Add(() => trees.DeleteAsync(work, CancellationToken.None));
        var root = await ReceiveOneAsync(layout.Root, work, parts[0].Checked(), feed, ct).ConfigureAwait(false);
        foreach (var part in parts.Skip(1))
        {
            var nested = await ReceiveOneAsync(layout.Root, work, part.Checked(), feed, ct).ConfigureAwait(false);
            Subvolumes.SetReadOnly(root, "/", false);
            Subvolumes.SetReadOnly(nested, "/", false);
            Subvolumes.Place(nested, root, part.Path);
        }

        if (volume.IsSnapshot)
        {
            // It stays the subvolume that was received, which is what later differences refer to.
            Subvolumes.SetReadOnly(root, "/", false);
            settle(root);
            Renames.Move(root, path);
            foreach (var part in parts.Skip(1).Where(p => p.ReadOnly))
            {
                Subvolumes.SetReadOnly(path, part.Path, true);
            }

            trees.SetReadOnly(path, true);
            return;
        }

        // What is written to must not pass for the subvolume that was sent: a copy of it.
        await trees.CloneAsync(root, path, ct).ConfigureAwait(false);
        settle(path);
        volumes.SetSize(volume, path, size, ct);
        FolderVolumes.SetMode(volume, path);
        foreach (var part in parts.Skip(1).Where(p => p.ReadOnly))
        {
            Subvolumes.SetReadOnly(path, part.Path, true);
        }
    }

    /// <summary>Differences are made of what is in the pool already. Older kernels share blocks only within one mount, so that all of the pool has to be the writable one there.</summary>
    private static Confinement Receiving(string pool, string corner)
    {
        var confinement = new Confinement(ToolRights.Files | ToolRights.Admin);
        return Environment.OSVersion.Version >= SharesAcrossMounts ? confinement with { Reads = [pool], Writes = [corner] } : confinement with { Writes = [pool] };
    }

    /// <summary>Receives one stream into a corner of its own, where its subvolume is the only thing.</summary>
    private static async Task<string> ReceiveOneAsync(string pool, string work, StreamPart part, Func<StreamPart, Stream, CancellationToken, Task> feed, CancellationToken ct)
    {
        var corner = Directory.CreateDirectory(Path.Combine(work, BtrfsTrees.CornerPrefix + Guid.NewGuid().ToString("N"))).FullName;
        await using (var tool = PipedTool.Start("btrfs", Receiving(pool, corner), "receive", "-q", "-m", pool, corner))
        {
            await using var registration = ct.Register(tool.Kill);
            var drain = tool.Output.CopyToAsync(Stream.Null, ct);
            try
            {
                await feed(part, tool.Input, ct).ConfigureAwait(false);
                tool.Input.Close();
            }
            catch (IOException)
            {
                // A tool that failed tells better why; one that did not waits for its input to end.
                tool.Input.Close();
                await tool.WaitAsync(ct).ConfigureAwait(false);
                throw;
            }

            await drain.ConfigureAwait(false);
            await tool.WaitAsync(ct).ConfigureAwait(false);
        }

        return Directory.GetFileSystemEntries(corner) is [var one] && Subvolumes.IsSubvolume(one) ? one : throw ApiException.BadRequest("The stream holds no subvolume");
    }

    /// <param name="drop">Removes the twin when it is no longer needed; null where the snapshot itself is sent.</param>
    private sealed class Still(PoolLayout layout, string path, IReadOnlyList<StreamPart> parts, Func<Task>? drop) : IStillVolume
    {
        public string Path => path;

        public IReadOnlyList<StreamPart> Parts => parts;

        public async Task SendAsync(StreamPart part, VolumeRef? parent, Stream output, CancellationToken ct)
        {
            List<string> arguments = ["send", "-q"];
            // One with a part that is written to was not sent itself, but as a twin that the other side knows and nobody has here any more.
            if (parent is not null && layout.PathOf(parent) is var before && Subvolumes.IsSubvolume(At(before, part)) && Subvolumes.Describe(before).TrueForAll(s => s.ReadOnly))
            {
                arguments.AddRange(["-p", At(before, part)]);
            }

            await using var tool = PipedTool.Start("btrfs", null, [.. arguments, At(path, part)]);
            await using var registration = ct.Register(tool.Kill);
            tool.Input.Close();
            await tool.Output.CopyToAsync(output, ct).ConfigureAwait(false);
            await tool.WaitAsync(ct).ConfigureAwait(false);
        }

        public async ValueTask DisposeAsync()
        {
            if (drop is not null)
            {
                await drop().ConfigureAwait(false);
            }
        }

        private static string At(string root, StreamPart part) => part.Path == "/" ? root : root + part.Path;
    }
}
