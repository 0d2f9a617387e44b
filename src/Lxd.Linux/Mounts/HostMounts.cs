using Lxd.Linux.Disks;

namespace Lxd.Linux.Mounts;

/// <summary>Mounts in this process's mount namespace.</summary>
public static unsafe class HostMounts
{
    private const int Detach = 2;
    private const int NoFollow = 8;
    private const ulong AttributeMountRoot = 0x2000;

    private static readonly Dictionary<string, (MountFlags Flag, bool Set)> Words = new()
    {
        ["ro"] = (MountFlags.ReadOnly, true),
        ["rw"] = (MountFlags.ReadOnly, false),
        ["nosuid"] = (MountFlags.NoSuid, true),
        ["suid"] = (MountFlags.NoSuid, false),
        ["nodev"] = (MountFlags.NoDev, true),
        ["dev"] = (MountFlags.NoDev, false),
        ["noexec"] = (MountFlags.NoExec, true),
        ["exec"] = (MountFlags.NoExec, false),
        ["sync"] = (MountFlags.Synchronous, true),
        ["async"] = (MountFlags.Synchronous, false),
        ["remount"] = (MountFlags.Remount, true),
        ["noatime"] = (MountFlags.NoAtime, true),
        ["atime"] = (MountFlags.NoAtime, false),
        ["nodiratime"] = (MountFlags.NoDirAtime, true),
        ["diratime"] = (MountFlags.NoDirAtime, false),
        ["bind"] = (MountFlags.Bind, true),
        ["rbind"] = (MountFlags.Bind | MountFlags.Recursive, true),
        ["private"] = (MountFlags.Private, true),
        ["rprivate"] = (MountFlags.Private | MountFlags.Recursive, true),
        ["slave"] = (MountFlags.Slave, true),
        ["rslave"] = (MountFlags.Slave | MountFlags.Recursive, true),
        ["shared"] = (MountFlags.Shared, true),
        ["rshared"] = (MountFlags.Shared | MountFlags.Recursive, true),
        ["unbindable"] = (MountFlags.Unbindable, true),
        ["runbindable"] = (MountFlags.Unbindable | MountFlags.Recursive, true),
        ["relatime"] = (MountFlags.RelAtime, true),
        ["norelatime"] = (MountFlags.RelAtime, false),
        ["strictatime"] = (MountFlags.StrictAtime, true),
        ["defaults"] = (MountFlags.None, true),
    };

    public static void Mount(string? source, string target, string? type, MountFlags flags = MountFlags.None, string? data = null)
    {
        if (MountCalls.Mount(source, target, type, (nuint)(uint)flags, data) < 0)
        {
            throw LinuxError.Last($"mount \"{source}\" on", RawName.FromText(target));
        }
    }

    /// <summary>Shows a directory or file at a second place. A read-only one needs a second call, which is made here.</summary>
    public static void Bind(string source, string target, bool recursive = false, bool readOnly = false)
    {
        var flags = MountFlags.Bind | (recursive ? MountFlags.Recursive : MountFlags.None);
        Mount(source, target, null, flags);
        if (readOnly)
        {
            Mount(null, target, null, MountFlags.Bind | MountFlags.Remount | MountFlags.ReadOnly);
        }
    }

    /// <summary>What a path below a directory leads to, as long as that does not leave the directory.</summary>
    public static FoundSource OpenBeneath(string directory, string path)
    {
        using var root = At.OpenDirectory(directory);
        return new FoundSource(At.OpenBeneath(root, RawName.FromText(path), FileCalls.OPath));
    }

    /// <summary>Takes the topmost mount away; false where nothing is mounted there.</summary>
    /// <param name="lazy">Detach now, finish when nobody uses it any more.</param>
    public static bool Unmount(string target, bool lazy = false)
    {
        if (MountCalls.Unmount(target, NoFollow | (lazy ? Detach : 0)) == 0)
        {
            return true;
        }

        return LinuxError.LastErrno is LinuxError.Invalid or LinuxError.NoEntry ? false : throw LinuxError.Last("unmount", RawName.FromText(target));
    }

    public static bool IsMountPoint(string path)
    {
        FileCalls.RawStatx raw;
        var result = FileCalls.Statx(FileCalls.AtFdCwd, RawName.ToBytes(RawName.FromText(path)), FileCalls.AtSymlinkNofollow, FileCalls.StatxBasic, &raw);
        return result == 0 && (raw.Attributes & AttributeMountRoot) != 0;
    }

    public static MountedFileSystem Describe(string path)
    {
        MountCalls.RawStatfs raw;
        if (MountCalls.Statfs(path, &raw) < 0)
        {
            throw LinuxError.Last("look at the file system of", RawName.FromText(path));
        }

        return new MountedFileSystem(
            raw.Type & 0xffffffff, (long)raw.Blocks * raw.BlockSize, (long)raw.Free * raw.BlockSize, (long)raw.Available * raw.BlockSize, (long)raw.Files, (long)raw.FilesFree);
    }

    /// <summary>Comma separated options as <c>mount -o</c> takes them, split into flags and what is left for the file system.</summary>
    public static (MountFlags Flags, string Data) ParseOptions(string options)
    {
        var flags = MountFlags.None;
        var data = new List<string>();
        foreach (var word in options.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (Words.TryGetValue(word, out var known))
            {
                flags = known.Set ? flags | known.Flag : flags & ~known.Flag;
            }
            else
            {
                data.Add(word);
            }
        }

        return (flags, string.Join(',', data));
    }

    /// <summary>What is mounted on a path (<c>/dev/loop3</c>, <c>tmpfs</c>), null where nothing is.</summary>
    public static string? SourceOf(string path)
    {
        string? found = null;
        foreach (var line in File.ReadLines("/proc/self/mountinfo"))
        {
            var words = line.Split(' ');
            var dash = Array.IndexOf(words, "-");
            if (words.Length > 4 && dash > 0 && words.Length > dash + 2 && Unescape(words[4]) == path)
            {
                found = Unescape(words[dash + 2]);
            }
        }

        return found;
    }

    private static string Unescape(string word) => word.Contains('\\', StringComparison.Ordinal)
        ? word.Replace("\\040", " ", StringComparison.Ordinal).Replace("\\011", "\t", StringComparison.Ordinal).Replace("\\012", "\n", StringComparison.Ordinal)
            .Replace("\\134", "\\", StringComparison.Ordinal)
        : word;
}
