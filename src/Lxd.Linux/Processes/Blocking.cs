namespace Lxd.Linux.Processes;

/// <summary>Work that blocks (on the other end of a pipe, on a disk) gets a thread of its own. On the pool's few threads twenty unpackings at once would each wait for the feeder
/// that waits for a thread, until the pool grows by one in half a second.</summary>
public static class Blocking
{
    private const TaskCreationOptions Own = TaskCreationOptions.LongRunning | TaskCreationOptions.DenyChildAttach;

    public static Task RunAsync(Action work, CancellationToken ct) => Task.Factory.StartNew(work, ct, Own, TaskScheduler.Default);

    public static Task<T> RunAsync<T>(Func<T> work, CancellationToken ct) => Task.Factory.StartNew(work, ct, Own, TaskScheduler.Default);
}
