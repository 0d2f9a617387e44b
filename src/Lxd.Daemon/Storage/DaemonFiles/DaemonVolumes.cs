using Lxd.Core;
using Lxd.Core.Config;
using Lxd.Daemon.Projects;
using Lxd.Daemon.Server;
using Lxd.Storage;
using Microsoft.Extensions.Logging;

namespace Lxd.Daemon.Storage.DaemonFiles;

/// <summary>Volumes the daemon itself uses: what may be one, and the move of files to it and back.</summary>
internal sealed class DaemonVolumes(DaemonFolder images, DaemonFolder backups, VolumeStore volumes, PoolDrivers drivers, ProjectService projects, ServerConfig config, ILogger log) : IConfigChangeHandler
{
    private readonly DaemonFolder[] _kinds = [images, backups];

    /// <summary>Whether a project has files of a kind (images, backups) of its own; set by their domains.</summary>
    public Func<string, string, CancellationToken, Task<bool>> HasFiles { get; set; } = (_, _, _) => Task.FromResult(false);

    /// <summary>Whether the daemon keeps something in a volume.</summary>
    public bool Uses(VolumeRecord volume) => volume is { Type: VolumeType.Custom, Project: "default" } && config.Values.Any(v => KindOf(v.Key) is not null && v.Value == $"{volume.Pool}/{volume.Name}");

    public bool Concerns(string key) => KindOf(key) is not null;

    public async Task<Func<Task>> PrepareAsync(ConfigChange change, CancellationToken ct)
    {
        var moves = new List<FolderMove>();
        foreach (var key in change.Keys)
        {
            var kind = KindOf(key)!;
            try
            {
                await CheckAsync(kind, key, change, ct).ConfigureAwait(false);
            }
            catch (ApiException e)
            {
                throw ApiException.BadRequest($"Failed validation of \"{key}\": {e.Message}", e);
            }

            var to = kind.PathOf(change.New(key));
            Directory.CreateDirectory(to, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            if (key == kind.ServerKey)
            {
                // A project's key changes only while the project has no such files.
                var move = new FolderMove(kind.PathOf(change.Old(key)), to);
                change.Undo.Add(move.Undo);
                await move.CopyAsync(ct).ConfigureAwait(false);
                moves.Add(move);
            }
        }

        return async () =>
        {
            foreach (var move in moves)
            {
                await FinishAsync(move, CancellationToken.None).ConfigureAwait(false);
            }
        };
    }

    /// <summary>At start, with the pools mounted: ends a move that a daemon that died had begun.</summary>
    public async Task StartAsync(CancellationToken ct)
    {
        foreach (var kind in _kinds)
        {
            foreach (var directory in kind.All)
            {
                Directory.CreateDirectory(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            }

            if (config.Get(kind.ServerKey) is { Length: > 0 } volume && kind.Find(volume) is { } place)
            {
                await FinishAsync(new FolderMove(kind.Own, place), ct).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Throws where a project that uses a volume for its images would have none of its own any more.</summary>
    public Task CheckProjectAsync(string project, IReadOnlyDictionary<string, string> wanted, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        return config.Get(images.ProjectKey(project)).Length > 0 && !Checks.IsTrue(wanted.GetValueOrDefault("features.images"))
            ? throw ApiException.BadRequest($"Project \"{project}\" keeps its images in a storage volume ({images.ProjectKey(project)})")
            : Task.CompletedTask;
    }

    public Task ProjectDeletedAsync(string project, CancellationToken ct) => ForAsync(project, (values, key) => values.Remove(key), ct);

    public Task ProjectRenamedAsync(string project, string next, CancellationToken ct) => ForAsync(project, (values, key) =>
    {
        if (values.Remove(key, out var volume))
        {
            values[KindOf(key)!.ProjectKey(next)] = volume;
        }
    }, ct);

    private async Task ForAsync(string project, Action<Dictionary<string, string>, string> change, CancellationToken ct)
    {
        var keys = _kinds.Select(k => k.ProjectKey(project)).Where(config.Values.ContainsKey).ToList();
        if (keys.Count > 0)
        {
            await config.ChangeInternalAsync(values => keys.ForEach(key => change(values, key)), ct).ConfigureAwait(false);
        }
    }

    private DaemonFolder? KindOf(string key) => Array.Find(_kinds, k => k.ServerKey == key || k.ProjectOf(key) is not null);

    private async Task CheckAsync(DaemonFolder kind, string key, ConfigChange change, CancellationToken ct)
    {
        var value = change.New(key);
        if (kind.ProjectOf(key) is { } project)
        {
            await CheckProjectAsync(kind, project, value, ct).ConfigureAwait(false);
        }

        if (value.Length > 0)
        {
            await CheckVolumeAsync(value, ct).ConfigureAwait(false);
            CheckShared(value, kind.ProjectOf(key) is null, change.Next);
        }
    }

    private async Task CheckProjectAsync(DaemonFolder kind, string project, string value, CancellationToken ct)
    {
        if (value.Length > 0 && !Checks.IsTrue((await projects.ConfigAsync(project, ct).ConfigureAwait(false)).GetValueOrDefault("features.images")) && kind == images && project != "default")
        {
            throw ApiException.BadRequest($"Project \"{project}\" has no images of its own (features.images)");
        }

        if (await HasFiles(kind.Kind, project, ct).ConfigureAwait(false))
        {
            throw ApiException.BadRequest($"Project \"{project}\" has {kind.Kind}: the volume can only be changed while it has none");
        }
    }

    private async Task CheckVolumeAsync(string value, CancellationToken ct)
    {
        var (pool, name) = DaemonFolder.Split(value);
        await drivers.OpenAsync(pool, ct).ConfigureAwait(false);
        var volume = await volumes.FindAsync(pool, "default", VolumeType.Custom, name, ct).ConfigureAwait(false) ?? throw ApiException.NotFound("Storage volume not found");
        if (volume.Content != ContentType.Filesystem)
        {
            throw ApiException.BadRequest("Storage volume is not of content type filesystem");
        }

        if ((await volumes.SnapshotsAsync(volume.Id, ct).ConfigureAwait(false)).Count > 0)
        {
            throw ApiException.BadRequest("Storage volumes for use by LXD itself cannot have snapshots");
        }

        if ((await volumes.UsersAsync(volume, ct).ConfigureAwait(false)).Count > 0)
        {
            throw ApiException.BadRequest("Storage volumes for use by LXD itself cannot be attached to instances or profiles");
        }
    }

    /// <summary>Projects may share a volume, and so may the server's images and backups; not the server with a project, whose files would mix.</summary>
    private void CheckShared(string value, bool ofServer, IReadOnlyDictionary<string, string> next)
    {
        if (next.Any(v => v.Value == value && KindOf(v.Key) is { } kind && kind.ServerKey == v.Key != ofServer))
        {
            throw ApiException.BadRequest(ofServer ? "Storage volume is already used by a project" : "Storage volume is already used by the server");
        }
    }

    private async Task FinishAsync(FolderMove move, CancellationToken ct)
    {
        try
        {
            await move.FinishAsync(ct).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The files are complete in the new place; the old ones go at the next start.
            log.OldPlaceStays(e);
        }
    }
}
