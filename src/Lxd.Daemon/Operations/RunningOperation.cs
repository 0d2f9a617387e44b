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
    private int _taken;

    /// <param name="parent">The operation it is a part of.</param>
    public RunningOperation(OperationSpec spec, RunningOperation? parent, Action<RunningOperation> changed)
    {
        Parent = parent;
        _spec = spec;
        _changed = changed;
        _metadata = spec.Metadata;
        if ((spec.Resources.GetValueOrDefault("backups") ?? spec.Resources.GetValueOrDefault("instances")) is [var only] && (spec.Connect is null || spec.Metadata?["fds"] is not null))
        {
            // What the operation is about or makes: clients that let the server name a backup look here for it. What comes beside the secrets of a migration other servers take for one more of them.
            (_metadata ??= [])["entity_url"] = only;
        }
    }

    public string Id { get; } = Guid.NewGuid().ToString();

    public string Url => $"/1.0/operations/{Id}";

    public string Project => _spec.Project;

    public string Class => _spec.Class;

    public string Description => _spec.Description;

    public OperationRequestor? Requestor => _spec.Requestor;

    public RunningOperation? Parent { get; }

    /// <summary>The operation that this one is a part of, itself where it is none.</summary>
    public RunningOperation Whole => Parent?.Whole ?? this;

    /// <summary>Its parts; complete before it starts.</summary>
    public List<RunningOperation> Children { get; } = [];

    public bool ConflictsWith(OperationSpec other) => _spec.ConflictReference == other.ConflictReference && _spec.Description == other.Description && _spec.Project == other.Project;

    /// <summary>Whether the resource of this URL is among those it was started for.</summary>
    public bool WorksOn(string resource) => _spec.Resources.Values.Any(urls => urls.Contains(resource));

    /// <summary>Waits for all its parts; fails with what failed in them.</summary>
    private async Task PartsAsync()
    {
        await Task.WhenAll(Children.Select(p => p.Done)).ConfigureAwait(false);
        var errors = Children.Select(p => p.Render().Err).Where(e => e.Length > 0).ToList();
        if (errors.Count > 0)
        {
            throw ApiException.Internal(string.Join("; ", errors));
        }
    }

    /// <summary>Completes when the operation has ended, however it did.</summary>
    public Task Done => _done.Task;

    public bool IsFinal => _done.Task.IsCompleted;

    public bool HasFailed => _status == 400;

    /// <summary>Throws what it failed with, if it did.</summary>
    public void ThrowIfFailed()
    {
        if (_error.Length > 0)
        {
            throw new ApiException(_errorCode, _error);
        }
    }

    public bool HasSecret(string secret) =>
        secret.Length > 0 && _metadata is { } metadata && Secrets(metadata).Any(s => System.Security.Cryptography.CryptographicOperations.FixedTimeEquals(System.Text.Encoding.UTF8.GetBytes(s), System.Text.Encoding.UTF8.GetBytes(secret)));

    public Operation Render()
    {
        lock (_lock)
        {
            return new Operation
            {
                Id = Id,
                ChildCount = Children.Count,
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
            await PartsAsync().ConfigureAwait(false);
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

    /// <summary>Takes what a token stands for: of two who come with it, one gets it. It is given back with <see cref="Release"/>, or ended.</summary>
    public bool TryTake() => !IsFinal && Interlocked.Exchange(ref _taken, 1) == 0;

    public void Release() => Interlocked.Exchange(ref _taken, 0);

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
