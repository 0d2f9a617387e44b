using System.Runtime.InteropServices;

namespace Lxd.Monitor.Proxy;

/// <summary>The namespaces and the user a thread works in.</summary>
/// <param name="Pid">A process of the instance; 0 for the host.</param>
internal sealed record Space(int Pid, uint Uid, uint Gid)
{
    private const int CloneFs = 0x200;
    private const int NewMounts = 0x20000;
    private const int NewNetwork = 0x40000000;
    private const int SetGroups = 116;
    private const int SetUser = 117;
    private const int SetGroup = 119;

    /// <summary>Takes the calling thread there for good.</summary>
    public void Enter()
    {
        if (Pid > 0)
        {
            var network = Open("net");
            var mounts = Open("mnt");
            Check(Native.setns(network, NewNetwork), "enter the network namespace");
            Check(Native.unshare(CloneFs), "leave the shared working directory");
            Check(Native.setns(mounts, NewMounts), "enter the mount namespace");
            _ = Native.close(network);
            _ = Native.close(mounts);
        }

        if (Uid != 0 || Gid != 0)
        {
            Check((int)Native.syscall(SetGroups, 0, 0, 0), "drop the groups");
            Check((int)Native.syscall(SetGroup, Gid, Gid, Gid), "take the group");
            Check((int)Native.syscall(SetUser, Uid, Uid, Uid), "take the user");
        }
    }

    /// <summary>Does something there on a thread of its own.</summary>
    public T Do<T>(Func<T> work)
    {
        T? result = default;
        Exception? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                Enter();
                result = work();
            }
            catch (Exception e)
            {
                failure = e;
            }
        });
        thread.Start();
        thread.Join();
        return failure is null ? result! : throw new IOException(failure.Message, failure);
    }

    public static void Check(int result, string what)
    {
        if (result < 0)
        {
            throw new IOException($"Failed to {what}: {Marshal.GetLastPInvokeErrorMessage()}");
        }
    }

    private int Open(string name)
    {
        var fd = Native.open($"/proc/{Pid}/ns/{name}", Native.CloseOnExec, 0);
        Check(fd, $"open the {name} namespace");
        return fd;
    }
}
