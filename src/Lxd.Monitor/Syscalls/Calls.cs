using System.Runtime.InteropServices;

namespace Lxd.Monitor.Syscalls;

/// <summary>The system calls made for a container, with what the calls need: each of the calling thread alone.</summary>
internal static unsafe partial class Calls
{
    public const int PathOnly = 0x200000;
    public const int OnlyDirectory = 0x10000;
    public const int CloseOnExec = 0x80000;
    public const int NonBlocking = 0x800;
    public const int CurrentDirectory = -100;
    private const int CloneFs = 0x200;
    private const int OpenAt2 = 437;
    private const int NoMagicLinks = 2;
    private const int KeepCapabilities = 8;
    private const uint CapabilityVersion = 0x20080522;

    private static readonly bool Arm = RuntimeInformation.ProcessArchitecture == Architecture.Arm64;
    private static readonly (int Groups, int User, int Group, int SetCapabilities) Numbers = Arm ? (159, 147, 149, 91) : (116, 117, 119, 126);

    /// <summary>Opens a path within the thread's root. Links of /proc lead out of it and are refused.</summary>
    public static int Open(string path, int flags)
    {
        var how = stackalloc ulong[3];
        how[0] = (uint)(flags | CloseOnExec);
        how[1] = 0;
        how[2] = NoMagicLinks;
        fixed (byte* p = System.Text.Encoding.UTF8.GetBytes(path + "\0"))
        {
            return (int)Need(syscall(OpenAt2, CurrentDirectory, (long)p, (long)how, 24, 0, 0));
        }
    }

    /// <summary>Makes a directory the thread's root and another its working directory.</summary>
    public static void Live(int root, int directory)
    {
        Need(unshare(CloneFs));
        Enter(root, directory);
    }

    public static void Enter(int root, int directory)
    {
        Need(fchdir(root));
        Need(chroot("."));
        Need(fchdir(directory));
        _ = umask(0);
    }

    /// <summary>Becomes a user, with nothing but these capabilities left to take.</summary>
    public static void Become(uint uid, uint gid, uint[] groups, ulong permitted)
    {
        Need(prctl(KeepCapabilities, 1, 0, 0, 0));
        fixed (uint* list = groups.Length == 0 ? [0] : groups)
        {
            Need(syscall(Numbers.Groups, groups.Length, (long)list, 0, 0, 0, 0));
        }

        Need(syscall(Numbers.Group, gid, gid, gid, 0, 0, 0));
        Need(syscall(Numbers.User, uid, uid, uid, 0, 0, 0));
        Capabilities(permitted, 0);
    }

    public static void Capabilities(ulong permitted, ulong effective)
    {
        var header = stackalloc uint[2];
        header[0] = CapabilityVersion;
        header[1] = 0;
        var data = stackalloc uint[6];
        for (var i = 0; i < 2; i++)
        {
            data[3 * i] = (uint)(effective >> (32 * i));
            data[3 * i + 1] = (uint)(permitted >> (32 * i));
            data[3 * i + 2] = 0;
        }

        Need(syscall(Numbers.SetCapabilities, (long)header, (long)data, 0, 0, 0, 0));
    }

    public static Inode Stat(int fd)
    {
        const int emptyPath = 0x1000;
        const int basic = 0x7ff;
        var buffer = stackalloc byte[256];
        byte empty = 0;
        Need(statx(fd, &empty, emptyPath, basic, buffer));
        return new Inode(*(ushort*)(buffer + 28), *(uint*)(buffer + 20), *(uint*)(buffer + 24));
    }

    public static long Need(long result) => result >= 0 ? result : throw new CallFailed(Marshal.GetLastPInvokeError());

    [LibraryImport("libc", SetLastError = true)]
    public static partial long syscall(long number, long a, long b, long c, long d, long e, long f);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int unshare(int flags);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int setns(int fd, int type);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int mknodat(int directory, string name, uint mode, ulong device);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int fsetxattr(int fd, string name, byte* value, nuint size, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fchdir(int fd);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int chroot(string path);

    [LibraryImport("libc")]
    private static partial uint umask(uint mask);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int prctl(int option, nuint a, nuint b, nuint c, nuint d);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int statx(int directory, byte* path, int flags, uint mask, byte* result);

    public readonly record struct Inode(uint Mode, uint Uid, uint Gid)
    {
        public bool IsBlock => (Mode & 0xf000) == 0x6000;
    }
}
