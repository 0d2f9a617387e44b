namespace Lxd.Core;

/// <summary>An undo stack for multi-step changes of the host: add the undo of each step, <see cref="Commit"/> at the end.
/// Disposed without commit it runs the undos in reverse order, without cancellation; an undo that fails does not stop the others.</summary>
public sealed class Rollback(Action<Exception>? onUndoFailed = null) : IAsyncDisposable
{
    private readonly Stack<Func<ValueTask>> _undos = new();

    public void Add(Func<ValueTask> undo) => _undos.Push(undo);

    [System.Runtime.CompilerServices.OverloadResolutionPriority(1)]
    public void Add(Func<Task> undo) => _undos.Push(() => new ValueTask(undo()));

    public void Add(Action undo) => _undos.Push(() => { undo(); return ValueTask.CompletedTask; });

    /// <summary>Keeps what was done: nothing is undone any more.</summary>
    public void Commit() => _undos.Clear();

    public async ValueTask DisposeAsync()
    {
        while (_undos.TryPop(out var undo))
        {
            try
            {
                await undo().ConfigureAwait(false);
            }
            catch (Exception e)
            {
                onUndoFailed?.Invoke(e);
            }
        }
    }
}
