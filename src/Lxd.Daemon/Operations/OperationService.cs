using System.Collections.Concurrent;
using Lxd.Core;
using Lxd.Daemon.Events;
using Microsoft.Extensions.Logging;

namespace Lxd.Daemon.Operations;

/// <summary>All operations of this daemon. An ended one stays visible for <see cref="Lingering"/>.</summary>
internal sealed class OperationService(EventHub events, ILogger logger)
{
    /// <summary>How long an ended operation can still be asked for.</summary>
    public TimeSpan Lingering { get; set; } = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<string, RunningOperation> _all = new();
    private readonly Lock _adding = new();
    private volatile bool _closing;

    public IEnumerable<RunningOperation> All => _all.Values;

    /// <summary>Starts the work in the background and returns its operation at once.</summary>
    public RunningOperation Start(OperationSpec spec)
    {
        if (_closing)
        {
            throw ApiException.Unavailable("LXD is shutting down");
        }

        var operation = Add(spec, null);
        _ = Task.Run(operation.RunAsync);
        return operation;
    }

    private RunningOperation Add(OperationSpec spec, RunningOperation? parent)
    {
        var operation = new RunningOperation(spec, parent, Changed);
        lock (_adding)
        {
            if (spec.ConflictReference.Length > 0 && _all.Values.Any(o => !o.IsFinal && o.ConflictsWith(spec)))
            {
                throw ApiException.Conflict("An operation with the same conflict reference is already running");
            }

            _all[operation.Id] = operation;
        }

        foreach (var child in spec.Children)
        {
            var added = Add(child, operation);
            operation.Children.Add(added);
            _ = Task.Run(added.RunAsync);
        }

        return operation;
    }

    public RunningOperation Get(string id) => _all.TryGetValue(id, out var operation) ? operation : throw ApiException.NotFound("Operation not found");

    /// <summary>From now on new work is refused: the daemon goes down.</summary>
    public void Refuse() => _closing = true;

    /// <summary>Ends when no operation works on the resource (its URL), or when patience does.</summary>
    public Task SettledAsync(string resource, CancellationToken patience) => SettledAsync(o => o.WorksOn(resource), patience);

    /// <summary>Ends when nothing is being done any more (a token waits for somebody who may never come), or when patience does.</summary>
    public Task SettledAsync(CancellationToken patience) => SettledAsync(o => o.Class != "token", patience);

    private async Task SettledAsync(Predicate<RunningOperation> matters, CancellationToken patience)
    {
        var busy = _all.Values.Where(o => !o.IsFinal && matters(o)).Select(o => o.Done).ToList();
        await Task.WhenAll(busy).WaitAsync(patience).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>Asks what can be cancelled to stop and waits for the rest, at most until the token ends.</summary>
    public async Task AbortAsync(CancellationToken ct)
    {
        foreach (var operation in _all.Values.Where(o => o.Class != "task" || o.Render().MayCancel))
        {
            operation.Abort();
        }

        await Task.WhenAll(_all.Values.Select(o => o.Done)).WaitAsync(ct).ConfigureAwait(false);
    }

    private void Changed(RunningOperation operation)
    {
        if (events.HasListeners)
        {
            events.Publish("operation", operation.Project, Json.Node(operation.Render())!);
        }

        if (operation.IsFinal)
        {
            if (operation.Failure is { } failure)
            {
                logger.Failed(operation.Id, failure);
            }

            _ = ForgetAsync(operation);
        }
    }

    private async Task ForgetAsync(RunningOperation operation)
    {
        // A part can be looked at as long as the whole.
        await operation.Whole.Done.ConfigureAwait(false);
        await Task.Delay(Lingering).ConfigureAwait(false);
        _all.TryRemove(operation.Id, out _);
    }
}
