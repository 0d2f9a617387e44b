namespace Lxd.Linux.Spawn;

/// <summary>Signals to processes.</summary>
public static class Signals
{
    /// <summary>Sends a signal; a process that is not there is no error.</summary>
    public static void Send(int pid, int signal)
    {
        if (pid > 0)
        {
            _ = Native.kill(pid, signal);
        }
    }

    /// <summary>Has this process hear a signal that its parent ignored, as a shell does for what it starts in the background; to be called before a handler is set.</summary>
    public static void Heed(int signal) => Native.signal(signal, Native.DefaultHandler);
}
