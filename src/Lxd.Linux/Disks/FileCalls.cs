using System.Runtime.InteropServices;

namespace Lxd.Linux.Disks;

/// <summary>System calls on files that .NET has no name for. Names are bytes that end in NUL: file names need not be UTF-8.</summary>
internal static unsafe partial class FileCalls
{
    private const string Libc = "libc";

    public const int AtFdCwd = -100;
    public const int AtSymlinkNofollow = 0x100;
    public const int AtRemoveDir = 0x200;
    public const int AtEmptyPath = 0x1000;

    public const int OReadOnly = 0;
    public const int OWriteOnly = 1;
    public const int OReadWrite = 2;
    public const int OCreate = 0x40;
    public const int OExclusive = 0x80;
    public const int ONonBlock = 0x800;
    public const int OCloseOnExec = 0x80000;
    public const int OPath = 0x200000;

    public static readonly int ODirectory = Arm ? 0x4000 : 0x10000;
    public static readonly int ONoFollow = Arm ? 0x8000 : 0x20000;

    public const int RenameNoReplace = 1;
    public const int RenameExchange = 2;

    public const ulong ResolveNoMagicLinks = 0x02;
    public const ulong ResolveBeneath = 0x08;
    public const ulong ResolveInRoot = 0x10;

    public const uint StatxBasic = 0x7ff;
    public const uint StatxBirth = 0x800;
    public const uint StatxMountId = 0x1000;

    private static bool Arm => RuntimeInformation.ProcessArchitecture is Architecture.Arm64 or Architecture.Arm;

    [LibraryImport(Libc, EntryPoint = "openat", SetLastError = true)]
    public static partial int OpenAt(int dir, ReadOnlySpan<byte> name, int flags, uint mode);

    [LibraryImport(Libc, EntryPoint = "syscall", SetLastError = true)]
    public static partial nint OpenAt2(nint number, nint dir, byte* name, OpenHow* how, nint size);

    [LibraryImport(Libc, EntryPoint = "statx", SetLastError = true)]
    public static partial int Statx(int dir, ReadOnlySpan<byte> name, int flags, uint mask, RawStatx* result);

    [LibraryImport(Libc, EntryPoint = "mkdirat", SetLastError = true)]
    public static partial int MkdirAt(int dir, ReadOnlySpan<byte> name, uint mode);

    [LibraryImport(Libc, EntryPoint = "unlinkat", SetLastError = true)]
    public static partial int UnlinkAt(int dir, ReadOnlySpan<byte> name, int flags);

    [LibraryImport(Libc, EntryPoint = "linkat", SetLastError = true)]
    public static partial int LinkAt(int oldDir, ReadOnlySpan<byte> oldName, int newDir, ReadOnlySpan<byte> newName, int flags);

    [LibraryImport(Libc, EntryPoint = "symlinkat", SetLastError = true)]
    public static partial int SymlinkAt(ReadOnlySpan<byte> target, int dir, ReadOnlySpan<byte> name);

    [LibraryImport(Libc, EntryPoint = "readlinkat", SetLastError = true)]
    public static partial nint ReadLinkAt(int dir, ReadOnlySpan<byte> name, byte* buffer, nint size);

    [LibraryImport(Libc, EntryPoint = "mknodat", SetLastError = true)]
    public static partial int MknodAt(int dir, ReadOnlySpan<byte> name, uint mode, ulong device);

    [LibraryImport(Libc, EntryPoint = "fchownat", SetLastError = true)]
    public static partial int ChownAt(int dir, ReadOnlySpan<byte> name, uint uid, uint gid, int flags);

    [LibraryImport(Libc, EntryPoint = "fchmodat", SetLastError = true)]
    public static partial int ChmodAt(int dir, ReadOnlySpan<byte> name, uint mode, int flags);

    [LibraryImport(Libc, EntryPoint = "fchmod", SetLastError = true)]
    public static partial int Chmod(int fd, uint mode);

    [LibraryImport(Libc, EntryPoint = "utimensat", SetLastError = true)]
    public static partial int UtimensAt(int dir, ReadOnlySpan<byte> name, TimeSpec* times, int flags);

    [LibraryImport(Libc, EntryPoint = "renameat2", SetLastError = true)]
    public static partial int RenameAt2(int oldDir, ReadOnlySpan<byte> oldName, int newDir, ReadOnlySpan<byte> newName, uint flags);

    [LibraryImport(Libc, EntryPoint = "getdents64", SetLastError = true)]
    public static partial nint GetDents(int dir, byte* buffer, nint size);

    [LibraryImport(Libc, EntryPoint = "llistxattr", SetLastError = true)]
    public static partial nint ListXattr(ReadOnlySpan<byte> path, byte* list, nint size);

    [LibraryImport(Libc, EntryPoint = "flistxattr", SetLastError = true)]
    public static partial nint ListXattr(int fd, byte* list, nint size);

    [LibraryImport(Libc, EntryPoint = "lgetxattr", SetLastError = true)]
    public static partial nint GetXattr(ReadOnlySpan<byte> path, ReadOnlySpan<byte> name, byte* value, nint size);

    [LibraryImport(Libc, EntryPoint = "fgetxattr", SetLastError = true)]
    public static partial nint GetXattr(int fd, ReadOnlySpan<byte> name, byte* value, nint size);

    [LibraryImport(Libc, EntryPoint = "fsetxattr", SetLastError = true)]
    public static partial int SetXattr(int fd, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, nint size, int flags);

    [LibraryImport(Libc, EntryPoint = "lsetxattr", SetLastError = true)]
    public static partial int SetXattr(ReadOnlySpan<byte> path, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, nint size, int flags);

    [LibraryImport(Libc, EntryPoint = "copy_file_range", SetLastError = true)]
    public static partial nint CopyFileRange(int source, long* sourceOffset, int target, long* targetOffset, nint length, uint flags);

    [LibraryImport(Libc, EntryPoint = "lseek64", SetLastError = true)]
    public static partial long Seek(int fd, long offset, int whence);

    [LibraryImport(Libc, EntryPoint = "ftruncate64", SetLastError = true)]
    public static partial int Truncate(int fd, long length);

    [LibraryImport(Libc, EntryPoint = "write", SetLastError = true)]
    public static partial nint Write(int fd, byte* data, nint length);

    [LibraryImport(Libc, EntryPoint = "read", SetLastError = true)]
    public static partial nint Read(int fd, byte* data, nint length);

    [LibraryImport(Libc, EntryPoint = "pread64", SetLastError = true)]
    public static partial nint ReadAt(int fd, byte* data, nint length, long offset);

    [LibraryImport(Libc, EntryPoint = "pwrite64", SetLastError = true)]
    public static partial nint WriteAt(int fd, byte* data, nint length, long offset);

    [LibraryImport(Libc, EntryPoint = "posix_fadvise64")]
    public static partial int Advise(int fd, long offset, long length, int advice);

    [LibraryImport(Libc, EntryPoint = "ioctl", SetLastError = true)]
    public static partial int Ioctl(int fd, nuint request, nint argument);

    [LibraryImport(Libc, EntryPoint = "syncfs", SetLastError = true)]
    public static partial int SyncFs(int fd);

    [StructLayout(LayoutKind.Sequential)]
    public struct OpenHow
    {
        public ulong Flags;
        public ulong Mode;
        public ulong Resolve;
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct TimeSpec
    {
        public long Seconds;
        public long Nanoseconds;
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct StatxTime
    {
        public long Seconds;
        public uint Nanoseconds;
        public int Reserved;
    }

    [StructLayout(LayoutKind.Sequential, Size = 256)]
    public struct RawStatx
    {
        public uint Mask;
        public uint BlockSize;
        public ulong Attributes;
        public uint Links;
        public uint Uid;
        public uint Gid;
        public ushort Mode;
        private readonly ushort _spare;
        public ulong Inode;
        public ulong Size;
        public ulong Blocks;
        public ulong AttributesMask;
        public StatxTime Access;
        public StatxTime Birth;
        public StatxTime Change;
        public StatxTime Modified;
        public uint RDeviceMajor;
        public uint RDeviceMinor;
        public uint DeviceMajor;
        public uint DeviceMinor;
        public ulong MountId;
    }
}
