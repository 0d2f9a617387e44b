using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Lxd.Linux.Cgroups;
using Lxd.Linux.Lxc;

namespace Lxd.Monitor;

/// <summary><c>exec NAME PATH CONFIG</c>: runs a command inside on this process's 0, 1, 2. What to run comes over descriptor 4, texts that end in NUL: uid, gid,
/// directory, <c>tty</c> or <c>pipes</c>, the container's init, the number of variables, the variables, the command (none of it is for the eyes of <c>ps</c>). Descriptor 3 tells the daemon
/// <c>pid N</c> when it runs and <c>exit N</c> when it has ended.</summary>
internal static partial class ExecVerb
{
    private const int StatusFd = 3;
    private const int RequestFd = 4;
    private const int TerminalControl = 0x540E;

    public static int Run(string[] args)
    {
        using var container = new LxcContainer(args[0], args[1]);
        if (!container.Load(args[2]))
        {
            return 1;
        }

        var request = ReadRequest();
        if (request.Length == 0)
        {
            return 1; // nobody wants it any more
        }

        var interactive = request[3] == "tty";
        var init = int.Parse(request[4], CultureInfo.InvariantCulture);
        var count = int.Parse(request[5], CultureInfo.InvariantCulture);
        var environment = request[6..(6 + count)];
        var command = request[(6 + count)..];
        if (interactive)
        {
            _ = ioctl(0, TerminalControl, 0);
        }

        var handlers = Signals.Outlive();
        Signals.RestoreSigpipe();
        CloseOnExec();
        int Attach(bool moves) =>
            container.Attach(command, environment, request[2], uint.Parse(request[0], CultureInfo.InvariantCulture), uint.Parse(request[1], CultureInfo.InvariantCulture), 0, 1, 2, moves);
        var pid = CgroupFork.Run(Cgroup.OfInit(init), () => Attach(moves: false));
        if (pid < 0)
        {
            pid = Attach(moves: true);
        }

        if (pid < 0)
        {
            return 1;
        }

        // The command has them; holding them here would keep its readers waiting.
        for (var fd = 0; fd < 3; fd++)
        {
            _ = close(fd);
        }

        Tell($"pid {pid}\n");
        int status;
        while (waitpid(pid, out status, 0) != pid)
        {
            if (Marshal.GetLastPInvokeError() != 4)
            {
                return 1;
            }
        }

        Tell($"exit {((status & 0x7f) == 0 ? (status >> 8) & 0xff : 128 + (status & 0x7f))}\n");
        GC.KeepAlive(handlers);
        return 0;
    }

    private static string[] ReadRequest()
    {
        using var stream = new FileStream(new Microsoft.Win32.SafeHandles.SafeFileHandle(RequestFd, true), FileAccess.Read, 0);
        using var memory = new MemoryStream();
        stream.CopyTo(memory);
        return Encoding.UTF8.GetString(memory.ToArray()).Split('\0')[..^1];
    }

    private static unsafe void Tell(string text)
    {
        var bytes = Encoding.ASCII.GetBytes(text);
        fixed (byte* p = bytes)
        {
            _ = write(StatusFd, p, bytes.Length);
        }
    }

    private static void CloseOnExec() => _ = fcntl(StatusFd, 2, 1);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int ioctl(int fd, nuint request, nint value);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fcntl(int fd, int command, int value);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int close(int fd);

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial nint write(int fd, byte* bytes, nint count);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int waitpid(int pid, out int status, int options);
}
