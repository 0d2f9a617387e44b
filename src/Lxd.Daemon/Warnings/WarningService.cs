using Lxd.Core;
using Lxd.Core.Api;
using Lxd.Daemon.Events;
using Lxd.Daemon.Http;

namespace Lxd.Daemon.Warnings;

/// <summary>What an administrator should look at: raised by the daemon, acknowledged by people, resolved when it went away by itself.</summary>
internal sealed class WarningService(WarningStore store, EventHub events)
{
    private static readonly TimeSpan KeepResolved = TimeSpan.FromDays(1);

    public Task<List<Warning>> ListAsync(string project, CancellationToken ct) => store.ListAsync(project, ct);

    public Task<Warning> GetAsync(string uuid, CancellationToken ct) => store.GetAsync(uuid, ct);

    public Task RaiseAsync(WarningKind kind, WarningSubject subject, string message, CancellationToken ct) =>
        store.RaiseAsync(kind, subject, message, Guid.NewGuid().ToString(), DateTime.UtcNow, ct);

    public Task ResolveAsync(WarningKind kind, WarningSubject subject, CancellationToken ct) => store.ResolveAsync(kind, subject, DateTime.UtcNow, ct);

    public Task PruneAsync(CancellationToken ct) => store.PruneAsync(DateTime.UtcNow - KeepResolved, ct);

    public async Task SetStatusAsync(string uuid, string status, Caller caller, CancellationToken ct)
    {
        await store.GetAsync(uuid, ct).ConfigureAwait(false);
        var (code, action) = status switch
        {
            "acknowledged" => (WarningStore.Acknowledged, "warning-acknowledged"),
            "new" => (WarningStore.New, "warning-reset"),
            _ => throw ApiException.BadRequest("Status may only be set to \"acknowledge\" or \"new\""),
        };
        await store.SetStatusAsync(uuid, code, DateTime.UtcNow, ct).ConfigureAwait(false);
        events.Lifecycle(action, "default", Url(uuid), caller.Requestor());
    }

    public async Task DeleteAsync(string uuid, Caller caller, CancellationToken ct)
    {
        if (!await store.DeleteAsync(uuid, ct).ConfigureAwait(false))
        {
            throw ApiException.NotFound("Warning not found");
        }

        events.Lifecycle("warning-deleted", "default", Url(uuid), caller.Requestor());
    }

    private static string Url(string uuid) => Names.Url("default", "1.0", "warnings", uuid);
}
