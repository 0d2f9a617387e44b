using Lxd.Daemon.Http;

namespace Lxd.Daemon.Instances.Recover;

/// <summary><c>/internal/recover</c>, for <c>lxd recover</c>.</summary>
internal sealed class RecoverEndpoints(RecoverService service)
{
    public void Map(Router router)
    {
        router.Map("POST", "/internal/recover/validate", Access.Local, async (_, ct) => Response.Sync(await service.ValidateAsync(ct).ConfigureAwait(false)));
        router.Map("POST", "/internal/recover/import", Access.Local, async (request, ct) =>
        {
            await service.ImportAsync(request.Requestor, ct).ConfigureAwait(false);
            return Response.Empty;
        });
    }
}
