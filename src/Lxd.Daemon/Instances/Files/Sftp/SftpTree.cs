using Lxd.Core.Sftp;
using Lxd.Linux.Files;
using Lxd.Linux.IdMaps;
using Lxd.Linux.Disks;
using Lxd.Linux.Mounts;

namespace Lxd.Daemon.Instances.Files.Sftp;

/// <summary>An open file with the way from its ids to those inside.</summary>
internal sealed record SftpFile(ConfinedFile File, IdMap Map) : IDisposable
{
    public void Dispose() => File.Dispose();
}

/// <summary>The operations of the protocol on the files of an instance. Names are bytes (one char each), ids those inside.</summary>
internal sealed class SftpTree(InstanceFiles files) : IDisposable
{
    private const uint SetIds = 0xc00;
    private const uint DefaultFileMode = 0x1a4;
    private const uint DefaultDirectoryMode = 0x1ed;

    public void Dispose() => files.Dispose();

    public SftpAttributes Stat(string path, bool follow) =>
        Attributes((follow ? files.StatTarget(path) : files.Stat(path)) ?? throw new SftpFailure(SftpStatus.NoSuchFile, $"No such file: {path}"));

    public SftpAttributes Stat(SftpFile file) => Attributes(InstanceFiles.Inside(file.File.Stat(), file.Map));

    public SftpAttributes Stat(FileEntry entry) => Attributes(files.Inside(entry));

    public ConfinedDirectory OpenDirectory(string path) => files.Shown.OpenDirectory(path);

    public MountedFileSystem FileSystem(string path) => files.Shown.FileSystem(path);

    /// <summary>A file that is there keeps owner and mode; a new one gets those that are given, or those of the instance's root.</summary>
    public async Task<SftpFile> OpenAsync(string path, SftpOpen how, SftpAttributes attributes)
    {
        var uses = (FileUses)(how & (SftpOpen.Read | SftpOpen.Write | SftpOpen.Append | SftpOpen.Truncate));
        if ((how & (SftpOpen.Write | SftpOpen.Append)) == 0)
        {
            uses &= ~FileUses.Truncate;
            how &= ~SftpOpen.Create;
        }
        else
        {
            uses |= how.HasFlag(SftpOpen.Write) ? 0 : FileUses.Write;
        }

        var exclusive = how.HasFlag(SftpOpen.Create) && how.HasFlag(SftpOpen.Exclusive);
        if (!exclusive)
        {
            try
            {
                var (root, map) = (uses & FileUses.Write) == 0 ? files.Reading : files.SideOf(path, follow: true);
                return new SftpFile(root.OpenFile(path, uses), map);
            }
            catch (LinuxError e) when (e.Errno == LinuxError.NoEntry && how.HasFlag(SftpOpen.Create))
            {
                // It is to be made.
            }
        }

        var mode = attributes.Mode ?? DefaultFileMode;
        CheckOwner(path, attributes);
        return await files.MakeAsync(path, (root, map) =>
        {
            var file = new SftpFile(root.OpenFile(path, uses | FileUses.Create | FileUses.Exclusive, mode & 0x1ff), map);
            file.File.SetMode(mode);
            return file;
        }, made => Own(made.File, made.Map, attributes.Owner ?? (0, 0))).ConfigureAwait(false);
    }

    public Task MakeDirectoryAsync(string path, SftpAttributes attributes)
    {
        CheckOwner(path, attributes);
        return files.MakeAsync(
            path,
            (root, map) =>
            {
                root.MakeDirectory(path, attributes.Mode ?? DefaultDirectoryMode);
                return (root, map);
            },
            made => Own(made.root, made.map, path, attributes.Owner ?? (0, 0)));
    }

    public Task SymlinkAsync(string target, string path) => files.MakeAsync(
        path,
        (root, map) =>
        {
            root.Symlink(target, path);
            return (root, map);
        },
        made => Own(made.root, made.map, path, (0, 0)));

    public Task LinkAsync(string path, string next)
    {
        CheckSameSide(path, next);
        return files.MakeAsync(next, (root, _) =>
        {
            root.Link(path, next);
            return true;
        }, _ => { });
    }

    public Task RenameAsync(string path, string next, bool replace)
    {
        CheckSameSide(path, next);
        return files.MakeAsync(next, (root, _) =>
        {
            root.Rename(path, next, replace);
            return true;
        }, _ => { });
    }

    public void Unlink(string path) => files.SideOfParent(path).Root.Unlink(path);

    public void RemoveDirectory(string path) => files.SideOfParent(path).Root.RemoveDirectory(path);

    public string ReadLink(string path) => files.Shown.ReadLink(path);

    public void SetStat(string path, SftpAttributes attributes, bool follow)
    {
        var (root, map) = files.SideOf(path, follow);
        if (attributes.Size is { } size && follow)
        {
            using var opened = root.OpenFile(path, FileUses.Write);
            opened.SetSize(size);
        }

        using var file = root.OpenAttributes(path, follow);
        Apply(file, map, attributes);
    }

    public static void SetStat(SftpFile file, SftpAttributes attributes)
    {
        if (attributes.Size is { } size)
        {
            file.File.SetSize(size);
        }

        Apply(file.File, file.Map, attributes);
    }

    /// <summary>The path without its dots, as one from the root.</summary>
    public static string Clean(string path)
    {
        var parts = new List<string>();
        foreach (var part in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (part == "..")
            {
                if (parts.Count > 0)
                {
                    parts.RemoveAt(parts.Count - 1);
                }
            }
            else if (part != ".")
            {
                parts.Add(part);
            }
        }

        return "/" + string.Join('/', parts);
    }

    /// <summary>The owner comes first: a change of it takes set-id bits away.</summary>
    private static void Apply(ConfinedFile file, IdMap map, SftpAttributes attributes)
    {
        if (attributes.Owner is { } owner)
        {
            Own(file, map, owner);
        }

        if (attributes.Mode is { } mode && !file.Stat().IsLink)
        {
            file.SetMode(mode);
        }

        if (attributes.Times is var (accessed, modified))
        {
            file.SetTimes(DateTime.UnixEpoch.AddSeconds(accessed), DateTime.UnixEpoch.AddSeconds(modified));
        }
    }

    private void CheckSameSide(string path, string next)
    {
        if (files.SideOfParent(path).Root != files.SideOfParent(next).Root)
        {
            throw new LinuxError("rename", path, LinuxError.CrossDevice);
        }
    }

    private static void Own(ConfinedRoot root, IdMap map, string path, (uint Uid, uint Gid) owner)
    {
        using var file = root.OpenAttributes(path, follow: false);
        Own(file, map, owner);
    }

    /// <summary>Before anything is made: an owner that cannot be set.</summary>
    private void CheckOwner(string path, SftpAttributes attributes)
    {
        if (attributes.Owner is { } owner)
        {
            Host(files.SideOfParent(path).Map, owner);
        }
    }

    private static (uint Uid, uint Gid) Host(IdMap map, (uint Uid, uint Gid) owner) => (
        map.HostUid(owner.Uid) ?? throw new SftpFailure(SftpStatus.Failure, $"The user id {owner.Uid} is not mapped into the instance"),
        map.HostGid(owner.Gid) ?? throw new SftpFailure(SftpStatus.Failure, $"The group id {owner.Gid} is not mapped into the instance"));

    private static void Own(ConfinedFile file, IdMap map, (uint Uid, uint Gid) owner)
    {
        var (uid, gid) = Host(map, owner);
        var mode = file.Stat() is { IsLink: false } entry ? entry.Permissions : 0;
        file.SetOwner(uid, gid);
        if ((mode & SetIds) != 0)
        {
            file.SetMode(mode);
        }
    }

    private static SftpAttributes Attributes(FileEntry entry) => new(entry.Size, (entry.Uid, entry.Gid), entry.Mode, (Seconds(entry.Accessed), Seconds(entry.Modified)));

    private static uint Seconds(DateTime time) => (uint)Math.Clamp((time - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerSecond, 0, uint.MaxValue);
}
