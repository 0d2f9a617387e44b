using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Lxd.Linux.Spawn;

/// <summary>A pseudo terminal of a container's own devpts, so that programs inside find their terminal's name.</summary>
public sealed unsafe partial class Terminal : IDisposable
{
    private const int ReadWrite = 2;
    private const int NoControl = 0x100;
    private const nuint Unlock = 0x40045431;
    private const nuint OpenPeer = 0x5441;
    private const nuint SetSize = 0x5414;

    /// <param name="rootOfPid">A process whose root has the devpts; 0 for the host's own.</param>
    public Terminal(int rootOfPid)
    {
        var path = rootOfPid == 0 ? "/dev/ptmx" : $"/proc/{rootOfPid}/root/dev/pts/ptmx";
        var master = open(path, ReadWrite | NoControl | Native.CloseOnExec, 0);
        if (master < 0)
        {
            throw new IOException($"Failed opening {path}: {Marshal.GetLastPInvokeErrorMessage()}");
        }

        Master = new SafeFileHandle(master, true);
        var zero = 0;
        _ = ioctl(master, Unlock, (nint)(&zero));
        var slave = ioctl(master, OpenPeer, ReadWrite | NoControl | Native.CloseOnExec);
        if (slave < 0)
        {
            Master.Dispose();
            throw new IOException($"Failed opening a terminal: {Marshal.GetLastPInvokeErrorMessage()}");
        }

        Slave = new SafeFileHandle(slave, true);
    }

    public SafeFileHandle Master { get; }

    public SafeFileHandle Slave { get; }

    /// <summary>Gives the slave to a user of the host.</summary>
    public void SetOwner(uint uid, uint gid) => _ = fchown((int)Slave.DangerousGetHandle(), uid, gid);

    public void Resize(int width, int height) => Resize(Master, width, height);

    public static void Resize(SafeFileHandle terminal, int width, int height)
    {
        var size = stackalloc ushort[4];
        size[0] = (ushort)height;
        size[1] = (ushort)width;
        _ = ioctl((int)terminal.DangerousGetHandle(), SetSize, (nint)size);
    }

    public void Dispose()
    {
        Master.Dispose();
        Slave.Dispose();
    }

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int open(string path, int flags, int mode);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int ioctl(int fd, nuint request, nint value);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fchown(int fd, uint uid, uint gid);
}
