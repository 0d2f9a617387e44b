using Microsoft.Win32.SafeHandles;
using static Tmds.Linux.LibC;

namespace Lxd.Linux.Spawn;

/// <summary>A pipe whose ends close on exec; the one that a child gets is passed by <see cref="ChildProcess.Start"/>.</summary>
public sealed class Pipe : IDisposable
{
    public Pipe()
    {
        unsafe
        {
            var fds = stackalloc int[2];
            if (pipe2(fds, O_CLOEXEC) < 0)
            {
                throw new IOException("Failed making a pipe");
            }

            Read = new SafeFileHandle(fds[0], true);
            Write = new SafeFileHandle(fds[1], true);
        }
    }

    public SafeFileHandle Read { get; }

    public SafeFileHandle Write { get; }

    public void Dispose()
    {
        Read.Dispose();
        Write.Dispose();
    }
}
