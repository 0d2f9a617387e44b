using Lxd.Core.Api;
using Lxd.Daemon.Http;
using Lxd.Daemon.Operations;

namespace Lxd.Daemon.Instances.Exec;

/// <summary><c>/1.0/instances/NAME/exec</c>.</summary>
internal sealed class ExecEndpoints(InstanceStore store, ExecService service, OperationService operations)
{
    public void Map(Router router) => router.Map("POST", "/1.0/instances/{name}/exec", Access.Instance("can_exec"), ExecAsync);

    private async Task<Response> ExecAsync(Request request, CancellationToken ct)
    {
        var post = await request.BodyAsync<InstanceExecPost>(ct).ConfigureAwait(false);
        var instance = await InstanceUrls.FindAsync(store, request, ct).ConfigureAwait(false);
        return Response.Async(operations.Start(service.Prepare(instance, post, request)));
    }
}
