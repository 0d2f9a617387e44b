using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Tmds.Linux;
using static Tmds.Linux.LibC;

namespace Lxd.Linux.Spawn;

/// <summary>File descriptors copied and passed between processes.</summary>
public static unsafe class Descriptors
{
    /// <summary>A copy that the caller closes.</summary>
    /// <param name="least">Its number at least: above those a child is to find its descriptors at, none of them is overwritten on the way.</param>
    public static nint Duplicate(SafeFileHandle handle, int least = 0)
    {
        var copy = fcntl((int)handle.DangerousGetHandle(), F_DUPFD_CLOEXEC, least);
        return copy >= 0 ? copy : throw new IOException($"Failed copying a descriptor: {Marshal.GetLastPInvokeErrorMessage()}");
    }

    /// <summary>Two ends of a local socket.</summary>
    public static (SafeFileHandle Ours, SafeFileHandle Theirs) SocketPair()
    {
        var fds = stackalloc int[2];
        if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) < 0)
        {
            throw new IOException($"Failed making a socket: {Marshal.GetLastPInvokeErrorMessage()}");
        }

        return (new SafeFileHandle(fds[0], true), new SafeFileHandle(fds[1], true));
    }

    /// <summary>Takes the descriptor that came over the socket; blocks until it does. Null where the other side closed without sending one.</summary>
    public static SafeFileHandle? Receive(SafeFileHandle socket)
    {
        byte payload;
        var part = new iovec { iov_base = &payload, iov_len = 1 };
        var control = stackalloc byte[24];
        var message = new msghdr { msg_iov = &part, msg_iovlen = 1, msg_control = control, msg_controllen = 24 };
        return recvmsg((int)socket.DangerousGetHandle(), &message, MSG_CMSG_CLOEXEC) > 0 && message.msg_controllen >= 20 ? new SafeFileHandle(*(int*)(control + 16), true) : null;
    }
}
