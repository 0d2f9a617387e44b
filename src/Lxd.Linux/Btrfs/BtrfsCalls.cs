using System.Buffers.Binary;
using System.Text;
using Lxd.Linux.Disks;
using Microsoft.Win32.SafeHandles;

namespace Lxd.Linux.Btrfs;

/// <summary>The file system's own calls, one method each, on open directories.</summary>
internal static unsafe class BtrfsCalls
{
    public const ulong ReadOnly = 2;
    public const ulong RootTree = 1;
    public const ulong QuotaTree = 8;
    public const uint RootRef = 156;
    public const uint QgroupInfo = 242;
    public const uint QgroupLimit = 244;

    private const int ArgsLength = 4096;
    private const int V2NameOffset = 56;
    private const int V1NameOffset = 8;
    private const int SearchKeyLength = 104;
    private const int ItemHeaderLength = 32;
    private const int LookupNameOffset = 16;
    private const int SubvolumeInfoLength = 504;
    private const int UuidOffset = 296;
    private const int ReceivedUuidOffset = 328;

    private static readonly nuint SnapCreateV2 = Request(1, 23, ArgsLength);
    private static readonly nuint SubvolCreateV2 = Request(1, 24, ArgsLength);
    private static readonly nuint SnapDestroy = Request(1, 15, ArgsLength);
    private static readonly nuint Resize = Request(1, 3, ArgsLength);
    private static readonly nuint TreeSearch = Request(3, 17, ArgsLength);
    private static readonly nuint InodeLookup = Request(3, 18, ArgsLength);
    private static readonly nuint GetFlags = Request(2, 25, 8);
    private static readonly nuint SetFlags = Request(1, 26, 8);
    private static readonly nuint QuotaControl = Request(3, 40, 16);
    private static readonly nuint SubvolumeInfo = Request(2, 60, SubvolumeInfoLength);
    private static readonly nuint LimitQgroup = Request(2, 43, 48);

    public static void CreateSubvolume(SafeFileHandle dir, string name) => Call(dir, SubvolCreateV2, Args(V2NameOffset, name), "create subvolume", name);

    public static void CreateSnapshot(SafeFileHandle source, SafeFileHandle dir, string name, bool readOnly)
    {
        var args = Args(V2NameOffset, name);
        BinaryPrimitives.WriteInt64LittleEndian(args, At.Fd(source));
        BinaryPrimitives.WriteUInt64LittleEndian(args.AsSpan(16), readOnly ? ReadOnly : 0);
        Call(dir, SnapCreateV2, args, "create snapshot", name);
    }

    public static void DestroySubvolume(SafeFileHandle dir, string name) => Call(dir, SnapDestroy, Args(V1NameOffset, name), "delete subvolume", name);

    public static void ResizeToMax(SafeFileHandle dir) => Call(dir, Resize, Args(V1NameOffset, "max"), "resize", "file system");

    public static ulong Flags(SafeFileHandle subvolume)
    {
        var value = new byte[8];
        Call(subvolume, GetFlags, value, "read flags of", "subvolume");
        return BinaryPrimitives.ReadUInt64LittleEndian(value);
    }

    public static void ChangeFlags(SafeFileHandle subvolume, ulong flags)
    {
        var value = new byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(value, flags);
        Call(subvolume, SetFlags, value, "set flags of", "subvolume");
    }

    /// <summary>The UUID of the subvolume an open directory belongs to, and that of the one it was received from (empty for none).</summary>
    public static (Guid Own, Guid Received) Uuids(SafeFileHandle subvolume)
    {
        var info = new byte[SubvolumeInfoLength];
        Call(subvolume, SubvolumeInfo, info, "look at", "subvolume");
        return (new Guid(info.AsSpan(UuidOffset, 16), bigEndian: true), new Guid(info.AsSpan(ReceivedUuidOffset, 16), bigEndian: true));
    }

    public static void EnableQuota(SafeFileHandle dir)
    {
        var args = new byte[16];
        args[0] = 1;
        Call(dir, QuotaControl, args, "enable quotas on", "file system");
    }

    /// <summary>Limits what the subvolume refers to; <see cref="ulong.MaxValue"/> lifts the limit.</summary>
    public static void SetLimit(SafeFileHandle subvolume, ulong bytes)
    {
        const ulong MaxReferenced = 1;
        var args = new byte[48];
        BinaryPrimitives.WriteUInt64LittleEndian(args.AsSpan(8), MaxReferenced);
        BinaryPrimitives.WriteUInt64LittleEndian(args.AsSpan(16), bytes);
        Call(subvolume, LimitQgroup, args, "set quota of", "subvolume");
    }

    /// <summary>The number of the subvolume an open directory belongs to.</summary>
    public static ulong SubvolumeId(SafeFileHandle dir)
    {
        const ulong FirstInode = 256;
        var args = new byte[ArgsLength];
        BinaryPrimitives.WriteUInt64LittleEndian(args.AsSpan(8), FirstInode);
        Call(dir, InodeLookup, args, "look up", "subvolume");
        return BinaryPrimitives.ReadUInt64LittleEndian(args);
    }

    /// <summary>The path of a directory within its subvolume, raw, empty for the subvolume's root.</summary>
    public static string PathOf(SafeFileHandle dir, ulong subvolume, ulong inode)
    {
        var args = new byte[ArgsLength];
        BinaryPrimitives.WriteUInt64LittleEndian(args, subvolume);
        BinaryPrimitives.WriteUInt64LittleEndian(args.AsSpan(8), inode);
        Call(dir, InodeLookup, args, "look up", "directory");
        var name = args.AsSpan(LookupNameOffset);
        return RawName.FromBytes(name[..name.IndexOf((byte)0)]).TrimEnd('/');
    }

    /// <summary>Items of one object and type in a tree, in order of their offset.</summary>
    public static List<(ulong Offset, byte[] Data)> Search(SafeFileHandle dir, ulong tree, ulong objectId, uint type, ulong minOffset = 0, ulong maxOffset = ulong.MaxValue)
    {
        var result = new List<(ulong, byte[])>();
        while (true)
        {
            var args = new byte[ArgsLength];
            ulong[] key = [tree, objectId, objectId, minOffset, maxOffset, 0, ulong.MaxValue];
            for (var i = 0; i < key.Length; i++)
            {
                BinaryPrimitives.WriteUInt64LittleEndian(args.AsSpan(i * 8), key[i]);
            }

            uint[] rest = [type, type, 4096];
            for (var i = 0; i < rest.Length; i++)
            {
                BinaryPrimitives.WriteUInt32LittleEndian(args.AsSpan(56 + (i * 4)), rest[i]);
            }

            Call(dir, TreeSearch, args, "search", "file system tree");
            var count = BinaryPrimitives.ReadUInt32LittleEndian(args.AsSpan(64));
            if (count == 0)
            {
                return result;
            }

            ReadItems(args.AsSpan(SearchKeyLength), count, type, result);
            var last = result.Count == 0 ? ulong.MaxValue : result[^1].Item1;
            if (last >= maxOffset)
            {
                return result;
            }

            minOffset = last + 1;
        }
    }

    private static void ReadItems(ReadOnlySpan<byte> items, uint count, uint type, List<(ulong, byte[])> result)
    {
        for (uint i = 0; i < count; i++)
        {
            var offset = BinaryPrimitives.ReadUInt64LittleEndian(items[16..]);
            var length = (int)BinaryPrimitives.ReadUInt32LittleEndian(items[28..]);
            if (BinaryPrimitives.ReadUInt32LittleEndian(items[24..]) == type)
            {
                result.Add((offset, items.Slice(ItemHeaderLength, length).ToArray()));
            }

            items = items[(ItemHeaderLength + length)..];
        }
    }

    private static byte[] Args(int nameOffset, string name)
    {
        var args = new byte[ArgsLength];
        Encoding.Latin1.GetBytes(name, args.AsSpan(nameOffset, ArgsLength - nameOffset - 1));
        return args;
    }

    private static void Call(SafeFileHandle handle, nuint request, byte[] args, string what, string name)
    {
        fixed (byte* start = args)
        {
            At.Check(FileCalls.Ioctl(At.Fd(handle), request, (nint)start), what, name);
        }
    }

    private static nuint Request(uint direction, uint number, uint size) => (direction << 30) | (size << 16) | (0x94 << 8) | number;
}
