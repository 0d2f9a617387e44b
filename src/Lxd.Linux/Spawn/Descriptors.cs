using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Lxd.Linux.Spawn;

/// <summary>File descriptors copied and passed between processes.</summary>
public static unsafe partial class Descriptors
{
    private const int DuplicateCloseOnExec = 1030;
    private const int Unix = 1;
    private const int Stream = 1;
    private const int CloseOnExecSocket = 0x80000;
    private const int CloseOnExecMessage = 0x40000000;

    /// <summary>A copy that the caller closes.</summary>
    public static nint Duplicate(SafeFileHandle handle)
    {
        var copy = fcntl((int)handle.DangerousGetHandle(), DuplicateCloseOnExec, 0);
        return copy >= 0 ? copy : throw new IOException($"Failed copying a descriptor: {Marshal.GetLastPInvokeErrorMessage()}");
    }

    /// <summary>Two ends of a local socket.</summary>
    public static (SafeFileHandle Ours, SafeFileHandle Theirs) SocketPair()
    {
        var fds = stackalloc int[2];
        if (socketpair(Unix, Stream | CloseOnExecSocket, 0, fds) < 0)
        {
            throw new IOException($"Failed making a socket: {Marshal.GetLastPInvokeErrorMessage()}");
        }

        return (new SafeFileHandle(fds[0], true), new SafeFileHandle(fds[1], true));
    }

    /// <summary>Takes the descriptor that came over the socket; blocks until it does. Null where the other side closed without sending one.</summary>
    public static SafeFileHandle? Receive(SafeFileHandle socket)
    {
        byte payload;
        var part = new Part { Base = &payload, Length = 1 };
        var control = stackalloc byte[24];
        var message = new Message { Parts = &part, PartCount = 1, Control = control, ControlLength = 24 };
        return recvmsg((int)socket.DangerousGetHandle(), &message, CloseOnExecMessage) > 0 && message.ControlLength >= 20 ? new SafeFileHandle(*(int*)(control + 16), true) : null;
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fcntl(int fd, int command, int value);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int socketpair(int domain, int type, int protocol, int* fds);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint recvmsg(int socket, Message* message, int flags);

    [StructLayout(LayoutKind.Sequential)]
    private struct Part
    {
        public void* Base;
        public nuint Length;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct Message
    {
        public void* Name;
        public uint NameLength;
        public Part* Parts;
        public nuint PartCount;
        public void* Control;
        public nuint ControlLength;
        public int Flags;
    }
}
