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
}
