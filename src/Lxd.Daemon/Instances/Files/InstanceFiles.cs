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

    private InstanceFiles(ConfinedRoot disk, ConfinedRoot? live, IdMap diskMap, IdMap liveMap)
    {
        _disk = disk;
        _live = live;
        _diskMap = diskMap;
        _liveMap = liveMap;
    }

    /// <summary>Opens the files of an instance.</summary>
    public static InstanceFiles Open(InstanceServices with, InstanceRecord instance)
    {
        var rootfs = Path.Combine(with.Volumes.PathOf(instance), "rootfs");
        if (!Directory.Exists(rootfs))
        {
            throw ApiException.NotFound("The instance has no root file system");
        }

        var disk = new ConfinedRoot(rootfs);
        var diskMap = IdMap.FromJson(instance.Config.GetValueOrDefault("volatile.last_state.idmap", ""));
        var pid = with.Driver.Pid(with.RefOf(instance));
        try
        {
            return new InstanceFiles(disk, pid > 0 ? new ConfinedRoot($"/proc/{pid}/root") : null, diskMap, InstanceIdMaps.Current(instance));
        }
        catch (IOException)
        {
            // It stopped a moment ago.
            return new InstanceFiles(disk, null, diskMap, IdMap.Empty);
        }
    }

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
        if (_live is null || _live.StatTarget(Above(path))?.Device == _live.StatTarget("/")?.Device)
        {
            return Task.Run(() => change(_disk, _diskMap));
        }

        return FileIdentity.RunAsync(_liveMap.HostUid(0) ?? 0, _liveMap.HostGid(0) ?? 0, () => change(_live, _liveMap));
    }

    private static string Above(string path) => path.Trim('/') is var trimmed && trimmed.LastIndexOf('/') is >= 0 and var slash ? trimmed[..slash] : "/";

    private static FileEntry Inside(FileEntry entry, IdMap map) => entry with { Uid = map.InnerUid(entry.Uid) ?? 65534, Gid = map.InnerGid(entry.Gid) ?? 65534 };
}
