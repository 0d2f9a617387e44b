using Lxd.Core;
using Lxd.Linux.Files;
using Lxd.Linux.IdMaps;

namespace Lxd.Daemon.Instances.Files;

/// <summary>The files of one instance. A stopped one is reached on disk; a running one as its processes see it, with all it has mounted. What is written on its root goes to the disk,
/// because the host's root has no id on the mount; elsewhere it is written as the instance's root.</summary>
internal sealed class InstanceFiles : IDisposable
{
    private readonly ConfinedRoot _disk;
    private readonly ConfinedRoot? _live;
    private readonly IdMap _diskMap;
    private readonly IdMap _liveMap;
    private ulong? _rootMount;

    private InstanceFiles(ConfinedRoot disk, ConfinedRoot? live, IdMap diskMap, IdMap liveMap)
    {
        _disk = disk;
        _live = live;
        _diskMap = diskMap;
        _liveMap = liveMap;
    }

    /// <summary>Opens the files of an instance.</summary>
    /// <param name="with">What instances work with.</param>
    /// <param name="instance">Whose files.</param>
    /// <param name="rawNames">Whether names are bytes, one char each, instead of text.</param>
    public static InstanceFiles Open(InstanceServices with, InstanceRecord instance, bool rawNames = false)
    {
        if (!instance.IsContainer)
        {
            // Only the system inside knows the file systems of its disk.
            throw ApiException.BadRequest("Instance is not running");
        }

        var rootfs = VolumeFiles.Rootfs(with.Volumes.PathOf(instance));
        if (!Directory.Exists(rootfs))
        {
            throw ApiException.NotFound("The instance has no root file system");
        }

        var disk = new ConfinedRoot(rootfs, rawNames);
        var diskMap = IdMap.FromJson(instance.Config.GetValueOrDefault("volatile.last_state.idmap", ""));
        var pid = with.Driver.Pid(with.RefOf(instance));
        try
        {
            return new InstanceFiles(disk, pid > 0 ? new ConfinedRoot($"/proc/{pid}/root", rawNames) : null, diskMap, InstanceIdMaps.Current(instance));
        }
        catch (IOException)
        {
            // It stopped a moment ago.
            return new InstanceFiles(disk, null, diskMap, IdMap.Empty);
        }
    }

    /// <summary>A directory as if it were the root of a stopped instance.</summary>
    public static InstanceFiles OfDirectory(string directory, IdMap map) => new(new ConfinedRoot(directory, rawNames: true), null, map, IdMap.Empty);

    public void Dispose()
    {
        _disk.Dispose();
        _live?.Dispose();
    }

    /// <summary>Where things are read.</summary>
    public ConfinedRoot Shown => _live ?? _disk;

    /// <summary>What is at the path, a link itself, with ids as seen inside; null where nothing is.</summary>
    public FileEntry? Stat(string path) => Shown.Stat(path) is { } entry ? Inside(entry, _live is null ? _diskMap : _liveMap) : null;

    public FileEntry? StatTarget(string path) => Shown.StatTarget(path) is { } entry ? Inside(entry, _live is null ? _diskMap : _liveMap) : null;

    /// <summary>Changes something at the path, which need not exist yet. The function gets the root to work on and the way from ids inside to those of that root.</summary>
    public Task<T> ChangeAsync<T>(string path, Func<ConfinedRoot, IdMap, T> change)
    {
        if (_live is null || _live.StatTarget(Above(path))?.Mount == _live.StatTarget("/")?.Mount)
        {
            return Task.Run(() => change(_disk, _diskMap));
        }

        return FileIdentity.RunAsync(_liveMap.HostUid(0) ?? 0, _liveMap.HostGid(0) ?? 0, () => change(_live, _liveMap));
    }

    /// <summary>Where things are read, with the map of its ids.</summary>
    public (ConfinedRoot Root, IdMap Map) Reading => _live is null ? (_disk, _diskMap) : (_live, _liveMap);

    /// <summary>Where what is at the path is changed.</summary>
    /// <param name="path">A path; where nothing is, its directory decides.</param>
    /// <param name="follow">Whether a symlink there is followed.</param>
    public (ConfinedRoot Root, IdMap Map) SideOf(string path, bool follow)
    {
        if (_live is null)
        {
            return (_disk, _diskMap);
        }

        return (follow ? _live.StatTarget(path) : _live.Stat(path)) is { } entry ? Side(entry) : SideOfParent(path);
    }

    /// <summary>Where names in the path's directory are made, changed and removed.</summary>
    public (ConfinedRoot Root, IdMap Map) SideOfParent(string path) => _live is null ? (_disk, _diskMap) : Side(_live.StatTarget(Above(path)));

    /// <summary>Makes something new at the path: on the live side as the instance's root, for the host's root may have no id on the mount. Then <paramref name="own"/> sets the
    /// owner with the rights of the host's root.</summary>
    public async Task<T> MakeAsync<T>(string path, Func<ConfinedRoot, IdMap, T> make, Action<T> own)
    {
        var (root, map) = SideOfParent(path);
        var made = root == _disk ? make(root, map) : await FileIdentity.RunAsync(map.HostUid(0) ?? 0, map.HostGid(0) ?? 0, () => make(root, map)).ConfigureAwait(false);
        try
        {
            own(made);
            return made;
        }
        catch
        {
            (made as IDisposable)?.Dispose();
            throw;
        }
    }

    /// <summary>An entry of where things are read, with ids as seen inside.</summary>
    public FileEntry Inside(FileEntry entry) => Inside(entry, Reading.Map);

    public static FileEntry Inside(FileEntry entry, IdMap map) => entry with { Uid = map.InnerUid(entry.Uid) ?? 65534, Gid = map.InnerGid(entry.Gid) ?? 65534 };

    private (ConfinedRoot Root, IdMap Map) Side(FileEntry? entry) => entry?.Mount == (_rootMount ??= _live!.StatTarget("/")?.Mount) ? (_disk, _diskMap) : (_live!, _liveMap);

    private static string Above(string path) => path.Trim('/') is var trimmed && trimmed.LastIndexOf('/') is >= 0 and var slash ? trimmed[..slash] : "/";
}
