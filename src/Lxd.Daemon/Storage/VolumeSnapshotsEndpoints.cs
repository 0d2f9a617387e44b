using Lxd.Core.Api;
using Lxd.Daemon.Http;
using Lxd.Daemon.Operations;

namespace Lxd.Daemon.Storage;

/// <summary><c>/1.0/storage-pools/POOL/volumes/TYPE/NAME/snapshots</c>.</summary>
internal sealed class VolumeSnapshotsEndpoints(VolumeService service, OperationService operations)
{
    private const string All = "/1.0/storage-pools/{pool}/volumes/{type}/{name}/snapshots";
    private const string One = All + "/{snapshot}";

    public void Map(Router router)
    {
        router.Map("GET", All, Access.Volume("can_view"), ListAsync);
        router.Map("POST", All, Access.Volume("can_manage_snapshots"), CreateAsync);
        router.Map("GET", One, Access.Volume("can_view"), GetAsync);
        router.Map("PUT", One, Access.Volume("can_manage_snapshots"), PutAsync);
        router.Map("PATCH", One, Access.Volume("can_manage_snapshots"), PatchAsync);
        router.Map("POST", One, Access.Volume("can_manage_snapshots"), RenameAsync);
        router.Map("DELETE", One, Access.Volume("can_manage_snapshots"), DeleteAsync);
    }

    private async Task<Response> ListAsync(Request request, CancellationToken ct)
    {
        var volume = await VolumesEndpoints.FindAsync(service, request, ct).ConfigureAwait(false);
        var snapshots = await service.SnapshotsAsync(volume, ct).ConfigureAwait(false);
        return request.Recursion > 0 ? Response.Sync(snapshots.ConvertAll(s => s.ToApi(volume) with { Name = volume.Name + "/" + s.Name })) : Response.Sync(snapshots.ConvertAll(s => s.Url(volume)));
    }

    private async Task<Response> CreateAsync(Request request, CancellationToken ct)
    {
        var volume = await VolumesEndpoints.FindAsync(service, request, ct).ConfigureAwait(false);
        var post = await request.BodyAsync<StorageVolumeSnapshotsPost>(ct).ConfigureAwait(false);
        var snapshot = await service.PrepareSnapshotAsync(volume, post, ct).ConfigureAwait(false);
        return Start(request, "Creating storage volume snapshot", snapshot.Url(volume), token => service.CreateSnapshotAsync(volume, snapshot, request.Requestor, token));
    }

    private async Task<Response> GetAsync(Request request, CancellationToken ct)
    {
        var (volume, snapshot) = await FindAsync(request, ct).ConfigureAwait(false);
        return Response.Sync(snapshot.ToApi(volume), Etag.Of(snapshot.Editable()));
    }

    private async Task<Response> PutAsync(Request request, CancellationToken ct)
    {
        var (volume, snapshot) = await FindAsync(request, ct).ConfigureAwait(false);
        request.CheckEtag(Etag.Of(snapshot.Editable()));
        var put = await request.BodyAsync<StorageVolumeSnapshotPut>(ct).ConfigureAwait(false);
        return VolumesEndpoints.StartOrDo(operations, request, "Updating storage volume snapshot", snapshot.Url(volume), token => service.UpdateSnapshotAsync(volume, snapshot, put, request.Requestor, token));
    }

    private async Task<Response> PatchAsync(Request request, CancellationToken ct)
    {
        var (volume, snapshot) = await FindAsync(request, ct).ConfigureAwait(false);
        request.CheckEtag(Etag.Of(snapshot.Editable()));
        var put = Patching.Merge(snapshot.Editable(), await request.ObjectAsync(ct).ConfigureAwait(false));
        return VolumesEndpoints.StartOrDo(operations, request, "Updating storage volume snapshot", snapshot.Url(volume), token => service.UpdateSnapshotAsync(volume, snapshot, put, request.Requestor, token));
    }

    private async Task<Response> RenameAsync(Request request, CancellationToken ct)
    {
        var (volume, snapshot) = await FindAsync(request, ct).ConfigureAwait(false);
        var post = await request.BodyAsync<StorageVolumeSnapshotPost>(ct).ConfigureAwait(false);
        if (post.Migration)
        {
            return VolumesEndpoints.Send(operations, request, service, volume, snapshot, true, post.Target);
        }

        return Start(request, "Renaming storage volume snapshot", (snapshot with { Name = post.Name }).Url(volume),
            token => service.RenameSnapshotAsync(volume, snapshot, post.Name, request.Requestor, token));
    }

    private async Task<Response> DeleteAsync(Request request, CancellationToken ct)
    {
        var (volume, snapshot) = await FindAsync(request, ct).ConfigureAwait(false);
        return Start(request, "Deleting storage volume snapshot", snapshot.Url(volume), token => service.DeleteSnapshotAsync(volume, snapshot, request.Requestor, token));
    }

    private async Task<(VolumeRecord Volume, VolumeSnapshotRecord Snapshot)> FindAsync(Request request, CancellationToken ct)
    {
        var volume = await VolumesEndpoints.FindAsync(service, request, ct).ConfigureAwait(false);
        return (volume, await service.SnapshotAsync(volume, request.Route("snapshot"), ct).ConfigureAwait(false));
    }

    private Response Start(Request request, string description, string url, Func<CancellationToken, Task> run) => VolumesEndpoints.Start(operations, request, description, url, run);
}
