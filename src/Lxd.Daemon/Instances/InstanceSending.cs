using Lxd.Core;
using Lxd.Core.Api;
using Lxd.Daemon.Http;
using Lxd.Daemon.Operations;
using Lxd.Daemon.Transfers;

namespace Lxd.Daemon.Instances;

/// <summary>The request that has an instance or a snapshot given to another server.</summary>
internal static class InstanceSending
{
    /// <param name="snapshot">The one that is given alone; null for the instance.</param>
    public static Response Start(OperationService operations, Request request, InstanceService service, InstanceRecord instance, SnapshotRecord? snapshot, InstancePost post)
    {
        InstanceService.CheckMigratable(instance);
        if (post.Live)
        {
            throw ApiException.BadRequest("Live migration is not supported for containers");
        }

        var link = post.Target.Operation.Length > 0 ? new MigrationLink(post.Target.Operation, post.Target.Certificate, post.Target.Secrets) : new MigrationLink();
        var description = snapshot is null ? "Migrating instance" : "Transferring snapshot";
        var requestor = request.Requestor;
        return Response.Async(operations.Start(link.Attach(InstanceUrls.Spec(
            request, description, [instance.Name], (progress, token) => service.SendAsync(instance, snapshot, post, link, requestor, progress, token), both: true))));
    }
}
