using System.Runtime.ExceptionServices;

namespace Lxd.Linux.Processes;

/// <summary>Work on a thread of its own, which may enter namespaces and take on ids for good: it ends with the work, and nothing else ever runs there.</summary>
internal static class OwnThread
{
    /// <summary>The result is told by another thread. Who wakes those that wait may have to start a thread of the pool for them, and that is born with the namespaces, ids and rights of whoever starts it.</summary>
    public static Task<T> RunAsync<T>(string name, Func<T> work) => Task.Run(() =>
    {
        T result = default!;
        ExceptionDispatchInfo? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                result = work();
            }
            catch (Exception e)
            {
                failure = ExceptionDispatchInfo.Capture(e);
            }
        })
        { IsBackground = true, Name = name };
        thread.Start();
        thread.Join();
        failure?.Throw();
        return result;
    });

    public static Task RunAsync(string name, Action work) => RunAsync(name, () =>
    {
        work();
        return true;
    });
}
