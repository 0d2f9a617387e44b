using Lxd.Core;
using Lxd.Core.Api;
using Lxd.Daemon.Http;
using Lxd.Daemon.Operations;

namespace Lxd.Daemon.Instances;

/// <summary>Lists of instances, and changes of the state of many at once.</summary>
internal sealed class InstanceListEndpoints(InstanceStore store, InstanceService service, InstanceStateService states, OperationService operations)
{
    /// <summary>The backups of instances by id, for recursion 2; set by the backups domain.</summary>
    public Func<InstanceFilter, CancellationToken, Task<ILookup<long, InstanceBackup>>> Backups { get; set; } = (_, _) => Task.FromResult(Array.Empty<InstanceBackup>().ToLookup(_ => 0L));

    public void Map(Router router)
    {
        router.Map("GET", "/1.0/instances", Access.List(EntityKind.Instance), ListAsync);
        router.Map("PUT", "/1.0/instances", Access.Trusted, BulkAsync);
    }

    private async Task<Response> ListAsync(Request request, CancellationToken ct)
    {
        var filter = Filter.Parse(request.Filter);
        var scope = new InstanceFilter(request.AllProjects ? null : request.Project, Type: InstanceUrls.Type(request));
        if (!request.AllProjects)
        {
            await store.ProjectConfigAsync(request.Project, ct).ConfigureAwait(false);
        }

        if (request.Recursion == 0 && filter.IsEmpty)
        {
            var names = await store.NamesAsync(scope, ct).ConfigureAwait(false);
            return Response.Sync(names.Where(n => request.Caller.MaySee(n.Project)).Select(n => InstanceUrls.Of(request, n.Project, n.Name)).ToList());
        }

        var instances = (await store.ListAsync(scope, ct).ConfigureAwait(false)).Where(i => request.Caller.MaySee(i.Project)).ToList();
        if (request.Recursion < 2)
        {
            var shown = instances.Select(i => InstanceViews.Render(i, service.Status(i))).Where(i => filter.IsEmpty || filter.Matches(Json.Node(i))).ToList();
            return request.Recursion == 0 ? Response.Sync(shown.ConvertAll(i => InstanceUrls.Of(request, i.Project, i.Name))) : Response.Sync(shown);
        }

        var snapshots = await store.SnapshotsAsync(scope, ct).ConfigureAwait(false);
        var backups = await Backups(scope, ct).ConfigureAwait(false);
        var fields = request.Fields;
        var full = await Task.WhenAll(instances.Select(i => Task.Run(() => FullAsync(i, snapshots[i.Id], backups[i.Id], fields, ct), ct))).ConfigureAwait(false);
        return Response.Sync(full.Where(i => filter.IsEmpty || filter.Matches(Json.Node(i))).ToList());
    }

    /// <summary>One instance with its state, snapshots and backups.</summary>
    public async Task<InstanceFull> OneAsync(InstanceRecord instance, IReadOnlyList<string>? fields, CancellationToken ct)
    {
        var scope = new InstanceFilter(instance.Project, Id: instance.Id);
        var snapshots = await store.SnapshotsAsync(scope, ct).ConfigureAwait(false);
        var backups = await Backups(scope, ct).ConfigureAwait(false);
        return await FullAsync(instance, snapshots[instance.Id], backups[instance.Id], fields, ct).ConfigureAwait(false);
    }

    private async Task<InstanceFull> FullAsync(InstanceRecord instance, IEnumerable<SnapshotRecord> snapshots, IEnumerable<InstanceBackup> backups, IReadOnlyList<string>? fields, CancellationToken ct) =>
        InstanceViews.RenderFull(InstanceViews.Render(instance, service.Status(instance)), await states.ReadAsync(instance, fields, ct).ConfigureAwait(false), [.. snapshots.Select(s => InstanceViews.Render(instance, s, -1))], [.. backups]);

    /// <summary>One action on all instances it makes sense for.</summary>
    private async Task<Response> BulkAsync(Request request, CancellationToken ct)
    {
        var put = await request.BodyAsync<InstancesPut>(ct).ConfigureAwait(false);
        var action = InstanceAction.Parse(put.State);
        if (!request.AllProjects)
        {
            request.Check(Entity.OfProject(request.Project), "can_view");
        }

        var all = await store.ListAsync(new InstanceFilter(request.AllProjects ? null : request.Project, Type: InstanceUrls.Type(request)), ct).ConfigureAwait(false);
        var chosen = all.Select(i => (Instance: i, Status: service.Status(i))).Where(c => request.May(Entity.Instance(c.Instance.Project, c.Instance.Name), "can_update_state") && action.Fits(c.Status)).ToList();
        var requestor = request.Requestor;
        var parts = chosen.ConvertAll(c => Part(request, c.Instance, action.For(c.Status), requestor));
        var whole = InstanceUrls.Spec(request, "Updating the state of multiple instances", chosen.ConvertAll(c => c.Instance.Name), (_, _) => Task.CompletedTask);
        return Response.Async(operations.Start(whole with { Children = parts }));
    }

    private OperationSpec Part(Request request, InstanceRecord instance, InstanceAction action, OperationRequestor? requestor) =>
        InstanceUrls.Spec(request, action.Description, [instance.Name], (_, token) => NamedAsync(instance, () => action.RunAsync(service, instance, requestor, token))) with { Project = instance.Project };

    private static async Task NamedAsync(InstanceRecord instance, Func<Task> work)
    {
        try
        {
            await work().ConfigureAwait(false);
        }
        catch (ApiException e)
        {
            throw new ApiException(e.Status, $"{instance.Name}: {e.Message}", e);
        }
    }
}
