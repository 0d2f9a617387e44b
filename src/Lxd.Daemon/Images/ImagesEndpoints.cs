using System.Text.Json.Nodes;
using Lxd.Core;
using Lxd.Core.Api;
using Lxd.Core.Config;
using Lxd.Daemon.Events;
using Lxd.Daemon.Http;
using Lxd.Daemon.Operations;

namespace Lxd.Daemon.Images;

/// <summary><c>/1.0/images</c>.</summary>
internal sealed class ImagesEndpoints(ImageService service, OperationService operations, ImageTokens tokens, ImagePush push, EventHub events)
{
    public void Map(Router router)
    {
        router.Map("GET", "/1.0/images", Access.Shows(EntityKind.Image), ListAsync);
        router.Map("POST", "/1.0/images", Access.Anyone, CreateAsync);
        router.Map("GET", "/1.0/images/{fingerprint}", Access.Shows(EntityKind.Image), GetAsync);
        router.Map("PUT", "/1.0/images/{fingerprint}", Access.On(EntityKind.Image, "can_edit"), PutAsync);
        router.Map("PATCH", "/1.0/images/{fingerprint}", Access.On(EntityKind.Image, "can_edit"), PatchAsync);
        router.Map("DELETE", "/1.0/images/{fingerprint}", Access.On(EntityKind.Image, "can_delete"), DeleteAsync);
        router.Map("GET", "/1.0/images/{fingerprint}/export", Access.Anyone, ExportAsync);
        router.Map("POST", "/1.0/images/{fingerprint}/export", Access.On(EntityKind.Image, "can_edit"), PushAsync);
        router.Map("POST", "/1.0/images/{fingerprint}/refresh", Access.On(EntityKind.Image, "can_edit"), RefreshAsync);
        router.Map("POST", "/1.0/images/{fingerprint}/secret", Access.On(EntityKind.Image, "can_edit"), SecretAsync);
    }

    private async Task<Response> ListAsync(Request request, CancellationToken ct)
    {
        var all = await VisibleAsync(request, ct).ConfigureAwait(false);
        var filter = request.Filter.Length > 0 ? Filter.Parse(request.Filter) : null;
        var shown = all.Select(i => (i.Url, Image: i.Render())).Where(i => filter is null || filter.Matches(Json.Node(i.Image)!)).ToList();
        return request.Recursion > 0 ? Response.Filtered(shown.Select(i => i.Image).ToList()) : Response.Filtered(shown.Select(i => i.Url).ToList());
    }

    /// <summary>What the caller may see: all of a project he may use, public images of the default project else.</summary>
    private async Task<List<ImageRecord>> VisibleAsync(Request request, CancellationToken ct)
    {
        var caller = request.Caller;
        if (request.AllProjects)
        {
            ImageAccess.CheckAllProjects(caller);
            return [.. (await service.ListAllAsync(ct).ConfigureAwait(false)).Where(i => IsVisible(request, i))];
        }

        ImageAccess.CheckProject(caller, request.Project);
        return [.. (await service.ListAsync(request.Project, ct).ConfigureAwait(false)).Where(i => IsVisible(request, i))];
    }

    private async Task<Response> CreateAsync(Request request, CancellationToken ct)
    {
        if (!request.Caller.Trusted)
        {
            return await ReceiveAsync(request, ct).ConfigureAwait(false);
        }

        request.Check(Entity.OfProject(request.Project), "can_create_images");
        if (request.Header("Content-Type").StartsWith("application/json", StringComparison.OrdinalIgnoreCase))
        {
            return await FromSourceAsync(request, ct).ConfigureAwait(false);
        }

        var project = await service.ProjectAsync(request.Project, ct).ConfigureAwait(false);
        return await UploadAsync(request, new ImagesPost
        {
            Public = Checks.IsTrue(request.Header("X-LXD-public")),
            Properties = ImageUpload.Properties(request.Header("X-LXD-properties")),
            Profiles = ImageUpload.Values(request.Header("X-LXD-profiles"), "profile"),
            Aliases = [.. ImageUpload.Values(request.Header("X-LXD-aliases"), "alias").Select(a => new ImageAlias { Name = a })],
            Source = new() { Fingerprint = request.Header("X-LXD-fingerprint") },
        }, project, "", ct).ConfigureAwait(false);
    }

    /// <summary>From a server that has no rights here but a secret for this one image.</summary>
    private async Task<Response> ReceiveAsync(Request request, CancellationToken ct)
    {
        var secret = request.Header("X-LXD-secret");
        var project = await service.ProjectAsync(request.Project, ct).ConfigureAwait(false);
        var wishes = tokens.TakeUpload(secret, project, request.Header("X-LXD-fingerprint")) ?? throw ApiException.Forbidden();
        return await UploadAsync(request, wishes with { Properties = ImageUpload.Properties(request.Header("X-LXD-properties")) }, project, secret, ct).ConfigureAwait(false);
    }

    /// <summary>The body is this request's: it is received before the answer, the checking of it goes on behind.</summary>
    private async Task<Response> UploadAsync(Request request, ImagesPost post, string project, string secret, CancellationToken ct)
    {
        ImageService.CheckPublic(project, post.Public);
        var received = await ImageUpload.ReceiveAsync(request, service.Files.Of(project), ct).ConfigureAwait(false);
        var wanted = new ImageRecord(0, project, "") { Public = post.Public, AutoUpdate = post.AutoUpdate, ExpiresAt = post.ExpiresAt, Properties = post.Properties, Profiles = post.Profiles };
        try
        {
            return Start(request, post.Aliases, project, (_, token) => service.TakeUpAsync(received, wanted, post.Source.Fingerprint, token), received, secret);
        }
        catch
        {
            received.Dispose();
            throw;
        }
    }

    private async Task<Response> FromSourceAsync(Request request, CancellationToken ct)
    {
        var post = await request.BodyAsync<ImagesPost>(ct).ConfigureAwait(false);
        var project = await service.ProjectAsync(request.Project, ct).ConfigureAwait(false);
        ImageService.CheckPublic(project, post.Public);
        switch (post.Source.Type)
        {
            // Older clients name no type here.
            case "image" or "" when post.Source.Mode == "push":
                ImageService.CheckFingerprint(post.Source.Fingerprint);
                return Response.Async(tokens.ForUpload(project, post, request.Caller));
            case "image" when post.Source.Server.Length == 0:
                var from = post.Source.Project.Length > 0 ? post.Source.Project : request.Project;
                var source = await service.GetAsync(from, post.Source.Fingerprint, ct).ConfigureAwait(false);
                if (!IsOpen(source))
                {
                    request.CheckSource(from, EntityOf(source));
                }

                return Start(request, post.Aliases, project, (_, token) => service.CopyWithinAsync(source, project, post, token));
            case "image":
                return Start(request, post.Aliases, project, (progress, token) => service.CopyAsync(request.Project, post, text => progress.Set("download_progress", text), token));
            case "instance" or "container" or "virtual-machine" or "snapshot":
                if (post.Source.Name.Length == 0)
                {
                    throw ApiException.BadRequest("No source provided");
                }

                request.CheckSource(request.Project, Entity.Instance(request.Project, Names.SplitSnapshot(post.Source.Name).Parent));
                return Start(request, post.Aliases, project, (progress, token) => service.PublishAsync(request.Project, post, text => progress.Set("create_image_from_container_pack_progress", text), token));
            default:
                throw ApiException.BadRequest(post.Source.Type == "url" ? "Image download from client-specified URL is not supported" : $"Invalid images source type \"{post.Source.Type}\"");
        }
    }

    /// <param name="owned">What goes when the work is done or failed.</param>
    private Response Start(Request request, List<ImageAlias> aliases, string project, Func<OperationProgress, CancellationToken, Task<ImageRecord>> work, IDisposable? owned = null, string secret = "") =>
        Response.Async(operations.Start(new OperationSpec("Downloading image", request.Project, async (progress, ct) =>
        {
            using var held = owned;
            await service.CheckAliasesAsync(project, aliases, ct).ConfigureAwait(false);
            var image = await work(progress, ct).ConfigureAwait(false);
            await service.AddAliasesAsync(image, aliases, request.Requestor, ct).ConfigureAwait(false);
            progress.AddResource("images", image.Url);
            progress.Metadata(m =>
            {
                m["fingerprint"] = image.Fingerprint;
                m["size"] = image.Size.ToString(System.Globalization.CultureInfo.InvariantCulture);
            });
        })
        { Requestor = request.Requestor, MayCancel = true, Metadata = secret.Length > 0 ? new JsonObject { ["secret"] = secret } : null }));

    private async Task<Response> GetAsync(Request request, CancellationToken ct)
    {
        var image = await OpenAsync(request, ct).ConfigureAwait(false);
        return Response.Sync(image.Render(), Etag.Of(image.Editable()));
    }

    private async Task<Response> PutAsync(Request request, CancellationToken ct)
    {
        var image = await FindAsync(request, ct).ConfigureAwait(false);
        request.CheckEtag(Etag.Of(image.Editable()));
        await service.UpdateAsync(image, await request.BodyAsync<ImagePut>(ct).ConfigureAwait(false), request.Project, request.Caller, ct).ConfigureAwait(false);
        return Response.Empty;
    }

    private async Task<Response> PatchAsync(Request request, CancellationToken ct)
    {
        var image = await FindAsync(request, ct).ConfigureAwait(false);
        request.CheckEtag(Etag.Of(image.Editable()));
        await service.UpdateAsync(image, Patching.Merge(image.Editable(), await request.ObjectAsync(ct).ConfigureAwait(false)), request.Project, request.Caller, ct).ConfigureAwait(false);
        return Response.Empty;
    }

    private async Task<Response> DeleteAsync(Request request, CancellationToken ct)
    {
        var image = await FindAsync(request, ct).ConfigureAwait(false);
        return Response.Async(operations.Start(new OperationSpec("Deleting image", request.Project, (_, token) => service.DeleteAsync(image, request.Requestor, token))
        {
            Requestor = request.Requestor,
            Resources = new() { ["images"] = [image.Url] },
        }));
    }

    private async Task<Response> ExportAsync(Request request, CancellationToken ct)
    {
        var image = await OpenAsync(request, ct, fetches: true).ConfigureAwait(false);
        events.Lifecycle("image-retrieved", image.Project, image.Url, request.Requestor, name: image.Fingerprint);
        return ImageExport.Write(image, service.Files.Of(image.Project));
    }

    /// <summary>Sends the image to another server.</summary>
    private async Task<Response> PushAsync(Request request, CancellationToken ct)
    {
        var image = await FindAsync(request, ct).ConfigureAwait(false);
        var post = await request.BodyAsync<ImageExportPost>(ct).ConfigureAwait(false);
        return Response.Async(operations.Start(new OperationSpec("Uploading image", request.Project, async (progress, token) =>
        {
            await push.SendAsync(image, post, text => progress.Set("upload_progress", text), token).ConfigureAwait(false);
            events.Lifecycle("image-retrieved", image.Project, image.Url, request.Requestor, new() { ["target"] = post.Target }, image.Fingerprint);
        })
        { Requestor = request.Requestor, MayCancel = true, Resources = new() { ["images"] = [image.Url] } }));
    }

    private async Task<Response> RefreshAsync(Request request, CancellationToken ct)
    {
        var image = await FindAsync(request, ct).ConfigureAwait(false);
        return Response.Async(operations.Start(new OperationSpec("Refreshing image", request.Project, async (progress, token) =>
        {
            var refreshed = await service.RefreshAsync(image, request.Requestor, text => progress.Set("download_progress", text), token).ConfigureAwait(false);
            progress.Set("refreshed", refreshed);
        })
        { Requestor = request.Requestor, MayCancel = true, Metadata = new JsonObject(), Resources = new() { ["images"] = [image.Url] } }));
    }

    private async Task<Response> SecretAsync(Request request, CancellationToken ct)
    {
        var image = await FindAsync(request, ct).ConfigureAwait(false);
        events.Lifecycle("image-secret-created", image.Project, image.Url, request.Requestor, name: image.Fingerprint);
        return Response.Async(tokens.ForDownload(image, request.Caller));
    }

    private Task<ImageRecord> FindAsync(Request request, CancellationToken ct) => service.GetAsync(request.Project, request.Route("fingerprint"), ct, FingerprintPrefix.Of(request));

    /// <summary>Whether everybody may have it.</summary>
    private static bool IsOpen(ImageRecord image) => image.Public && image.Project == "default";

    /// <summary>The image a request names, if the caller may see it: in a project of his, a public one of the default project, or the one he has the secret of.</summary>
    private async Task<ImageRecord> OpenAsync(Request request, CancellationToken ct, bool fetches = false)
    {
        if (request.Caller.MaySee(request.Project))
        {
            var own = await FindAsync(request, ct).ConfigureAwait(false);
            request.Entity = EntityOf(own);
            if (IsVisible(request, own))
            {
                return own;
            }
        }

        ImageService.CheckFingerprint(request.Route("fingerprint"), FingerprintPrefix.Of(request));
        try
        {
            var image = await FindAsync(request, ct).ConfigureAwait(false);
            return tokens.Opens(request.Query("secret"), image.Project, image.Fingerprint, fetches) || IsOpen(image) ? image : throw ApiException.NotFound();
        }
        catch (ApiException e) when (e.Status == 404)
        {
            throw ApiException.NotFound();
        }
    }

    private static Entity EntityOf(ImageRecord image) => Entity.Of(EntityKind.Image, image.Project, image.Fingerprint);

    private static bool IsVisible(Request request, ImageRecord image) => image.Public || request.May(EntityOf(image), "can_view");
}
