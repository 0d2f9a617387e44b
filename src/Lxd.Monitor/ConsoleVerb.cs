using System.Runtime.InteropServices;
using Lxd.Linux.Lxc;

namespace Lxd.Monitor;

/// <summary><c>console NAME PATH CONFIG</c>: takes the console and hands its terminal to the daemon over the socket at descriptor 3; gives it back when that socket closes.</summary>
internal static unsafe partial class ConsoleVerb
{
    private const int Socket = 3;

    public static int Run(string[] args)
    {
        using var container = new LxcContainer(args[0], args[1]);
        if (!container.Load(args[2]))
        {
            return 1;
        }

        var (lease, master) = container.OpenConsole();
        if (lease < 0 || Send(master) < 0)
        {
            return 1;
        }

        byte end;
        while (read(Socket, &end, 1) > 0)
        {
        }

        return 0;
    }

    /// <summary>One byte with the descriptor beside it (SCM_RIGHTS).</summary>
    private static nint Send(int fd)
    {
        var payload = (byte)1;
        var part = new Part { Base = &payload, Length = 1 };
        var control = stackalloc byte[24];
        new Span<byte>(control, 24).Clear();
        *(nuint*)control = 20;
        *(int*)(control + 8) = 1;
        *(int*)(control + 12) = 1;
        *(int*)(control + 16) = fd;
        var message = new Message { Parts = &part, PartCount = 1, Control = control, ControlLength = 24 };
        return sendmsg(Socket, &message, 0);
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint sendmsg(int socket, Message* message, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint read(int fd, byte* buffer, nint count);

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
