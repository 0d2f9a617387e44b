using System.Net.WebSockets;
using System.Text.Json.Nodes;
using Lxd.Core;
using Lxd.Core.Api;

namespace Lxd.Daemon.Operations;

/// <summary>One operation from its start until a few seconds after its end.</summary>
internal sealed class RunningOperation
{
    private readonly Lock _lock = new();
    private readonly OperationSpec _spec;
    private readonly CancellationTokenSource _cancel = new();
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Action<RunningOperation> _changed;
    private readonly DateTime _created = DateTime.UtcNow;
    private DateTime _updated = DateTime.UtcNow;
    private JsonObject? _metadata;
    private int _status = 105;
    private string _error = "";
    private int _errorCode;

    public RunningOperation(OperationSpec spec, Action<RunningOperation> changed)
    {
        _spec = spec;
        _changed = changed;
        _metadata = spec.Metadata;
    }

    public string Id { get; } = Guid.NewGuid().ToString();

    public string Url => $"/1.0/operations/{Id}";

    public string Project => _spec.Project;

    public string Class => _spec.Class;

    public OperationRequestor? Requestor => _spec.Requestor;

    /// <summary>Completes when the operation has ended, however it did.</summary>
    public Task Done => _done.Task;

    public bool IsFinal => _done.Task.IsCompleted;

    public bool HasSecret(string secret) =>
        secret.Length > 0 && _metadata is { } metadata && Secrets(metadata).Any(s => System.Security.Cryptography.CryptographicOperations.FixedTimeEquals(System.Text.Encoding.UTF8.GetBytes(s), System.Text.Encoding.UTF8.GetBytes(secret)));

    public Operation Render()
    {
        lock (_lock)
        {
            return new Operation
            {
                Id = Id,
                Class = _spec.Class,
                Description = _spec.Description,
                CreatedAt = _created,
                UpdatedAt = _updated,
                Status = StatusCodes.Name(_status),
                StatusCode = _status,
                Resources = _spec.Resources.ToDictionary(r => r.Key, r => r.Value.ToList()),
                Metadata = _metadata?.DeepClone(),
                MayCancel = !IsFinal && _spec.MayCancel,
                Err = _error,
                ErrCode = _errorCode,
                Location = "none",
                Requestor = _spec.Requestor ?? new(),
            };
        }
    }

    /// <summary>Runs the work to its end; never throws.</summary>
    public async Task RunAsync()
    {
        Change(103);
        try
        {
            await _spec.Run(new OperationProgress(Update, AddResource), _cancel.Token).ConfigureAwait(false);
            Change(200);
        }
        catch (OperationCanceledException) when (_cancel.IsCancellationRequested)
        {
            Change(401, "Operation cancelled", 400);
        }
        catch (ApiException e)
        {
            Change(400, e.Message, e.Status);
        }
        catch (Exception e)
        {
            Change(400, e.Message, 500);
            Failure = e;
        }

        _done.TrySetResult();
        _changed(this);
        _cancel.Dispose();
    }

    /// <summary>The defect that ended the operation, for the log.</summary>
    public Exception? Failure { get; private set; }

    /// <summary>Asks the work to stop. A bad request where it cannot be cancelled.</summary>
    public void Cancel()
    {
        if (IsFinal || !_spec.MayCancel)
        {
            throw ApiException.BadRequest("This operation can't be cancelled");
        }

        Change(104);
        Abort();
    }

    /// <summary>Stops the work whether or not clients may cancel it: the daemon goes down.</summary>
    public void Abort()
    {
        try
        {
            _cancel.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // It ended a moment ago.
        }
    }

    public Task ConnectAsync(string secret, Func<Task<WebSocket>> accept, CancellationToken ct)
    {
        if (_spec.Connect is null)
        {
            throw ApiException.BadRequest("Only websocket operations can be connected");
        }

        return IsFinal ? throw ApiException.NotFound("Operation is already done") : _spec.Connect(secret, accept, ct);
    }

    private static IEnumerable<string> Secrets(JsonObject metadata)
    {
        if (metadata["secret"] is JsonValue value && value.TryGetValue<string>(out var secret))
        {
            yield return secret;
        }

        if (metadata["fds"] is JsonObject fds)
        {
            foreach (var (_, fd) in fds)
            {
                if (fd is JsonValue text && text.TryGetValue<string>(out var one))
                {
                    yield return one;
                }
            }
        }
    }

    private void Update(Action<JsonObject> change)
    {
        lock (_lock)
        {
            var metadata = (JsonObject?)_metadata?.DeepClone() ?? [];
            change(metadata);
            _metadata = metadata;
            _updated = DateTime.UtcNow;
        }

        _changed(this);
    }

    private void AddResource(string kind, string url)
    {
        lock (_lock)
        {
            if (!_spec.Resources.TryGetValue(kind, out var urls))
            {
                _spec.Resources[kind] = urls = [];
            }

            urls.Add(url);
        }
    }

    private void Change(int status, string error = "", int errorCode = 0)
    {
        lock (_lock)
        {
            _status = status;
            _error = error;
            _errorCode = errorCode;
            _updated = DateTime.UtcNow;
        }

        if (status < 200)
        {
            _changed(this);
        }
    }
}
