using Lxd.Core;
using Lxd.Core.Api;
using Lxd.Daemon.Http;
using Lxd.Daemon.Operations;

namespace Lxd.Daemon.Instances.Console;

/// <summary><c>/1.0/instances/NAME/console</c>.</summary>
internal sealed class ConsoleEndpoints(InstanceStore store, ConsoleService service, OperationService operations)
{
    private const string Path = "/1.0/instances/{name}/console";

    public void Map(Router router)
    {
        router.Map("POST", Path, Access.Instance("can_access_console"), AttachAsync);
        router.Map("GET", Path, Access.Instance("can_view"), GetLogAsync);
        router.Map("DELETE", Path, Access.Instance("can_edit"), ClearLogAsync);
    }

    private async Task<Response> AttachAsync(Request request, CancellationToken ct)
    {
        var post = await request.BodyAsync<InstanceConsolePost>(ct).ConfigureAwait(false);
        var instance = await InstanceUrls.FindAsync(store, request, ct).ConfigureAwait(false);
        return Response.Async(operations.Start(service.Prepare(instance, post, request)));
    }

    private async Task<Response> GetLogAsync(Request request, CancellationToken ct)
    {
        var instance = await InstanceUrls.FindAsync(store, request, ct).ConfigureAwait(false);
        service.LogRead(instance, request.Requestor);
        return File.Exists(service.LogPath(instance)) ? FileResponse.Of(service.LogPath(instance), "") : throw ApiException.NotFound();
    }

    private async Task<Response> ClearLogAsync(Request request, CancellationToken ct)
    {
        var instance = await InstanceUrls.FindAsync(store, request, ct).ConfigureAwait(false);
        service.ClearLog(instance, request.Requestor);
        return Response.Empty;
    }
}
