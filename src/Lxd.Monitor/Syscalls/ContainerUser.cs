using System.Globalization;

namespace Lxd.Monitor.Syscalls;

/// <summary>Who made the call, as the daemon tells: <c>UID GID GROUPS CAPABILITIES UIDMAP GIDMAP</c>, ids of the host, the capabilities those within the container.</summary>
internal sealed class ContainerUser(ReadOnlySpan<string> arguments)
{
    public const ulong DacOverride = 1 << 1;
    public const ulong DacReadSearch = 1 << 2;
    public const ulong FileOwner = 1 << 3;
    public const ulong SysAdmin = 1 << 21;
    public const ulong Mknod = 1 << 27;

    private readonly uint _uid = uint.Parse(arguments[0], CultureInfo.InvariantCulture);
    private readonly uint _gid = uint.Parse(arguments[1], CultureInfo.InvariantCulture);
    private readonly uint[] _groups = [.. arguments[2].Split(',', StringSplitOptions.RemoveEmptyEntries).Select(g => uint.Parse(g, CultureInfo.InvariantCulture))];
    private readonly ulong _capabilities = ulong.Parse(arguments[3], CultureInfo.InvariantCulture);
    private readonly string _uidMap = arguments[4];
    private readonly string _gidMap = arguments[5];
    private ulong _permitted;

    public bool Has(ulong capability) => (_capabilities & capability) != 0;

    public bool Owns(Calls.Inode inode) => inode.Uid == _uid || Has(FileOwner);

    /// <summary>Takes the user's ids; of the capabilities those named can be used, each of the host's.</summary>
    public void Become(ulong permitted)
    {
        _permitted = permitted;
        Calls.Become(_uid, _gid, _groups, permitted);
    }

    public void Use(ulong effective) => Calls.Capabilities(_permitted, effective);

    /// <summary>Looking up paths as the user may: the container's root passes directories of others within.</summary>
    public ulong Search => Has(DacOverride | DacReadSearch) ? DacReadSearch : 0;

    /// <summary>Whether rights within the container are rights over this file: both its ids belong to the container.</summary>
    public bool Covers(Calls.Inode inode) => IsIn(_uidMap, inode.Uid) && IsIn(_gidMap, inode.Gid);

    private static bool IsIn(string map, uint id) => map.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(e => e.Split(':')).Any(e =>
        uint.Parse(e[0], CultureInfo.InvariantCulture) is var first && id >= first && id - first < uint.Parse(e[1], CultureInfo.InvariantCulture));
}
