using System.Runtime.InteropServices;
using Lxd.Core;
using Lxd.Linux.Processes;

namespace Lxd.Linux.Mounts;

/// <summary>Mounts made within the mount namespace of a running process, from outside. A thread of its own enters the namespace and ends there, so nothing of it reaches
/// the rest of the program; every path is then resolved within the container and cannot leave it.</summary>
public static unsafe partial class InsideMounts
{
    private const int OpenTreeNumber = 428;
    private const int MoveMountNumber = 429;
    private const int MountSetattrNumber = 442;
    private const int SetfsuidNumber = 122;
    private const int SetfsgidNumber = 123;
    private const int AtCurrent = -100;
    private const int AtEmptyPath = 0x1000;
    private const int AtRecursive = 0x8000;
    private const int OpenTreeClone = 1;
    private const int CloseOnExec = 0x80000;
    private const int MoveFromEmptyPath = 4;
    private const int AttrReadOnly = 1;
    private const int AttrIdmap = 0x100000;
    private const int CloneFs = 0x200;
    private const int CloneNewNamespace = 0x20000;
    private const int Detach = 2;
    private const int NoFollow = 8;
    private const int ReadOnly = 0;

    /// <param name="pid">A process of the container.</param>
    /// <param name="source">On the host.</param>
    /// <param name="target">Inside; made where it is missing, a directory or, for <paramref name="file"/>, a file.</param>
    /// <param name="owner">The host's id of the one who owns what is made on the way.</param>
    public static Task MountAsync(int pid, string source, string target, bool file, bool readOnly, bool recursive, bool shift, uint owner) => OnThreadAsync(() =>
    {
        var tree = (int)Check(syscall(OpenTreeNumber, AtCurrent, source, OpenTreeClone | CloseOnExec | (recursive ? AtRecursive : 0)), $"open {source}");
        try
        {
            if (readOnly || shift)
            {
                Attributes(tree, pid, readOnly, recursive, shift);
            }

            Enter(pid);
            Make(target, file, owner);
            fixed (byte* empty = "\0"u8)
            {
                Check(syscall6(MoveMountNumber, tree, (nint)empty, AtCurrent, target, MoveFromEmptyPath, 0), $"mount {target}");
            }
        }
        finally
        {
            _ = close(tree);
        }
    });

    /// <summary>Takes a mount away; where none is there nothing happens. A place left empty goes with it when <paramref name="remove"/> says so.</summary>
    public static Task UnmountAsync(int pid, string target, bool remove) => OnThreadAsync(() =>
    {
        Enter(pid);
        _ = umount2(target, Detach | NoFollow);
        if (remove)
        {
            _ = unlink(target);
        }
    });

    private static void Attributes(int tree, int pid, bool readOnly, bool recursive, bool shift)
    {
        var userNamespace = -1;
        var attributes = stackalloc ulong[4];
        attributes[0] = (readOnly ? (ulong)AttrReadOnly : 0) | (shift ? (ulong)AttrIdmap : 0);
        attributes[1] = attributes[2] = attributes[3] = 0;
        if (shift)
        {
            userNamespace = (int)Check(open($"/proc/{pid}/ns/user", ReadOnly | CloseOnExec, 0), "open the user namespace");
            attributes[3] = (ulong)userNamespace;
        }

        try
        {
            fixed (byte* empty = "\0"u8)
            {
                Check(syscall6b(MountSetattrNumber, tree, (nint)empty, AtEmptyPath | (recursive ? AtRecursive : 0), (nint)attributes, 32, 0), "set the mount's attributes");
            }
        }
        finally
        {
            if (userNamespace >= 0)
            {
                _ = close(userNamespace);
            }
        }
    }

    private static void Enter(int pid)
    {
        var space = (int)Check(open($"/proc/{pid}/ns/mnt", ReadOnly | CloseOnExec, 0), "open the mount namespace");
        try
        {
            Check(unshare(CloneFs), "leave the shared working directory");
            Check(setns(space, CloneNewNamespace), "enter the mount namespace");
        }
        finally
        {
            _ = close(space);
        }
    }

    private static void Make(string target, bool file, uint owner)
    {
        _ = syscall3(SetfsgidNumber, owner, 0, 0);
        _ = syscall3(SetfsuidNumber, owner, 0, 0);
        for (var slash = target.IndexOf('/', 1); slash > 0; slash = target.IndexOf('/', slash + 1))
        {
            _ = mkdir(target[..slash], 0x1ed);
        }

        if (file)
        {
            _ = close(open(target, 0x40 | 1 | CloseOnExec, 0x1a4));
        }
        else
        {
            _ = mkdir(target, 0x1ed);
        }

        _ = syscall3(SetfsuidNumber, 0, 0, 0);
        _ = syscall3(SetfsgidNumber, 0, 0, 0);
    }

    private static Task OnThreadAsync(Action action) => OwnThread.RunAsync("inside mounts", action);

    private static long Check(long result, string what) =>
        result >= 0 ? result : throw ApiException.Internal($"Failed to {what}: {Marshal.GetLastPInvokeErrorMessage()}");

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial long syscall(long number, long directory, string path, long flags);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial long syscall6(long number, long from, nint fromPath, long to, string toPath, long flags, long unused);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial long syscall6b(long number, long directory, nint path, long flags, nint attributes, long size, long unused);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial long syscall3(long number, long a, long b, long c);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int open(string path, int flags, int mode);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int close(int fd);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int unshare(int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int setns(int fd, int type);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int mkdir(string path, uint mode);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int unlink(string path);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int umount2(string path, int flags);
}
