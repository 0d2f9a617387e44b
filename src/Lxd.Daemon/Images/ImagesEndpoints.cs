using System.Text.Json.Nodes;
using System.Web;
using Lxd.Core;
using Lxd.Core.Api;
using Lxd.Core.Config;
using Lxd.Daemon.Http;
using Lxd.Daemon.Operations;

namespace Lxd.Daemon.Images;

/// <summary><c>/1.0/images</c>.</summary>
internal sealed class ImagesEndpoints(ImageService service, OperationService operations, ImageUpload upload, ImageSecrets secrets)
{
    public void Map(Router router)
    {
        router.Map("GET", "/1.0/images", Access.Anyone, ListAsync);
        router.Map("POST", "/1.0/images", Access.Project, CreateAsync);
        router.Map("GET", "/1.0/images/{fingerprint}", Access.Anyone, GetAsync);
        router.Map("PUT", "/1.0/images/{fingerprint}", Access.Project, PutAsync);
        router.Map("PATCH", "/1.0/images/{fingerprint}", Access.Project, PatchAsync);
        router.Map("DELETE", "/1.0/images/{fingerprint}", Access.Project, DeleteAsync);
        router.Map("GET", "/1.0/images/{fingerprint}/export", Access.Anyone, ExportAsync);
        router.Map("POST", "/1.0/images/{fingerprint}/refresh", Access.Project, RefreshAsync);
        router.Map("POST", "/1.0/images/{fingerprint}/secret", Access.Project, SecretAsync);
    }

    private async Task<Response> ListAsync(Request request, CancellationToken ct)
    {
        var all = request.AllProjects
            ? (await service.ListAllAsync(ct).ConfigureAwait(false)).Where(i => request.Caller.MaySee(i.Project)).ToList()
            : (await service.ListAsync(request.Project, ct).ConfigureAwait(false)).Where(i => i.Public || request.Caller.MaySee(request.Project)).ToList();
        var filter = request.Filter.Length > 0 ? Filter.Parse(request.Filter) : null;
        var shown = all.Select(i => (i.Url, Image: i.Render())).Where(i => filter is null || filter.Matches(Json.Node(i.Image)!)).ToList();
        return request.Recursion > 0 ? Response.Sync(shown.Select(i => i.Image).ToList()) : Response.Sync(shown.Select(i => i.Url).ToList());
    }

    private async Task<Response> CreateAsync(Request request, CancellationToken ct)
    {
        if (request.Header("Content-Type").StartsWith("application/json", StringComparison.OrdinalIgnoreCase))
        {
            return await FromSourceAsync(request, ct).ConfigureAwait(false);
        }

        // The body is this request's: it is received before the answer, the checking of it goes on behind.
        var received = await upload.ReceiveAsync(request, ct).ConfigureAwait(false);
        var expected = request.Header("X-LXD-fingerprint");
        var wanted = new ImageRecord(0, await service.ProjectAsync(request.Project, ct).ConfigureAwait(false), "")
        {
            Public = Checks.IsTrue(request.Header("X-LXD-public")),
            Properties = ImageUpload.Properties(request.Header("X-LXD-properties")),
            Profiles = [.. HttpUtility.ParseQueryString(request.Header("X-LXD-profiles")).GetValues("profile") ?? []],
        };
        var aliases = (HttpUtility.ParseQueryString(request.Header("X-LXD-aliases")).GetValues("alias") ?? []).Select(a => new ImageAlias { Name = a }).ToList();
        return Start(request, "Downloading image", async (progress, token) =>
        {
            using (received)
            {
                await service.CheckAliasesAsync(wanted.Project, aliases, token).ConfigureAwait(false);
                var image = await service.TakeUpAsync(received, wanted, expected, token).ConfigureAwait(false);
                await service.AddAliasesAsync(image, aliases, token).ConfigureAwait(false);
                return image;
            }
        });
    }

    private async Task<Response> FromSourceAsync(Request request, CancellationToken ct)
    {
        var post = await request.BodyAsync<ImagesPost>(ct).ConfigureAwait(false);
        var project = await service.ProjectAsync(request.Project, ct).ConfigureAwait(false);
        switch (post.Source.Type)
        {
            case "image":
                if (post.Source.Server.Length == 0)
                {
                    throw ApiException.BadRequest("The source has no server");
                }

                return Start(request, "Downloading image", async (progress, token) =>
                {
                    await service.CheckAliasesAsync(project, post.Aliases, token).ConfigureAwait(false);
                    var image = await service.FetchAsync(request.Project, post.Source, post.Source.ImageType, true, post, text => progress.Set("download_progress", text), token).ConfigureAwait(false);
                    await service.AddAliasesAsync(image, post.Aliases, token).ConfigureAwait(false);
                    return image;
                });
            case "instance" or "container" or "virtual-machine" or "snapshot":
                if (post.Source.Name.Length == 0)
                {
                    throw ApiException.BadRequest("No source provided");
                }

                return Start(request, "Creating image", async (progress, token) =>
                {
                    await service.CheckAliasesAsync(project, post.Aliases, token).ConfigureAwait(false);
                    var image = await service.PublishAsync(request.Project, post, text => progress.Set("create_image_from_container_pack_progress", text), token).ConfigureAwait(false);
                    await service.AddAliasesAsync(image, post.Aliases, token).ConfigureAwait(false);
                    return image;
                });
            default:
                throw ApiException.BadRequest(post.Source.Type == "url" ? "Image download from client-specified URL is not supported" : $"Invalid images source type \"{post.Source.Type}\"");
        }
    }

    private Response Start(Request request, string description, Func<OperationProgress, CancellationToken, Task<ImageRecord>> work) =>
        Response.Async(operations.Start(new OperationSpec(description, request.Project, async (progress, ct) =>
        {
            var image = await work(progress, ct).ConfigureAwait(false);
            progress.Metadata(m =>
            {
                m["fingerprint"] = image.Fingerprint;
                m["size"] = image.Size.ToString(System.Globalization.CultureInfo.InvariantCulture);
            });
        })
        { Requestor = request.Requestor, MayCancel = true }));

    private async Task<Response> GetAsync(Request request, CancellationToken ct)
    {
        var image = await VisibleAsync(request, ct).ConfigureAwait(false);
        return Response.Sync(image.Render(), Etag.Of(image.Editable()));
    }

    private async Task<Response> PutAsync(Request request, CancellationToken ct)
    {
        var image = await FindAsync(request, ct).ConfigureAwait(false);
        request.CheckEtag(Etag.Of(image.Editable()));
        await service.UpdateAsync(image, await request.BodyAsync<ImagePut>(ct).ConfigureAwait(false), request.Caller, ct).ConfigureAwait(false);
        return Response.Empty;
    }

    private async Task<Response> PatchAsync(Request request, CancellationToken ct)
    {
        var image = await FindAsync(request, ct).ConfigureAwait(false);
        request.CheckEtag(Etag.Of(image.Editable()));
        await service.UpdateAsync(image, Patching.Merge(image.Editable(), await request.ObjectAsync(ct).ConfigureAwait(false)), request.Caller, ct).ConfigureAwait(false);
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
        var image = await VisibleAsync(request, ct).ConfigureAwait(false);
        return ImageExport.Write(image, service.Files);
    }

    private async Task<Response> RefreshAsync(Request request, CancellationToken ct)
    {
        var image = await FindAsync(request, ct).ConfigureAwait(false);
        return Response.Async(operations.Start(new OperationSpec("Refreshing image", request.Project, async (progress, token) =>
        {
            var refreshed = await service.RefreshAsync(image, text => progress.Set("download_progress", text), token).ConfigureAwait(false);
            progress.Set("refreshed", refreshed);
        })
        { Requestor = request.Requestor, Metadata = new JsonObject() }));
    }

    private async Task<Response> SecretAsync(Request request, CancellationToken ct) => Response.Async(secrets.Create(await FindAsync(request, ct).ConfigureAwait(false), request.Caller));

    private Task<ImageRecord> FindAsync(Request request, CancellationToken ct) => service.GetAsync(request.Project, request.Route("fingerprint"), ct);

    /// <summary>What a stranger may see: a public image, or the one he has the secret of.</summary>
    private async Task<ImageRecord> VisibleAsync(Request request, CancellationToken ct)
    {
        var image = await FindAsync(request, ct).ConfigureAwait(false);
        return image.Public || request.Caller.MaySee(request.Project) || secrets.Opens(request.Query("secret"), image.Fingerprint) ? image : throw ApiException.NotFound("Image not found");
    }
}
