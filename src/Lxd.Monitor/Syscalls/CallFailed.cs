namespace Lxd.Monitor.Syscalls;

/// <summary>A call that failed; the caller in the container gets the error number.</summary>
internal sealed class CallFailed(int errno) : Exception
{
    public const int NotPermitted = 1;
    public const int NotABlockDevice = 15;
    public const int Invalid = 22;

    /// <summary>The kernel is to look at the call itself.</summary>
    public const int KernelDecides = 255;

    public int Errno { get; } = errno;

    /// <summary>Does the work on a thread of its own, that the roots, users and namespaces it takes stay with, and returns the exit code.</summary>
    public static int Run(Action work)
    {
        var code = KernelDecides;
        var thread = new Thread(() =>
        {
            try
            {
                work();
                code = 0;
            }
            catch (CallFailed e)
            {
                code = e.Errno;
            }
        });
        thread.Start();
        thread.Join();
        return code;
    }
}
