using System.Text;
using System.Text.Json.Nodes;
using Lxd.Core;
using Lxd.Core.Api;
using Lxd.Daemon.Events;
using Lxd.Daemon.Http;
using Lxd.Linux.Files;

namespace Lxd.Daemon.Instances.Files;

/// <summary><c>/1.0/instances/NAME/metadata</c> and its templates: what came with the image.</summary>
internal sealed class MetadataEndpoints(InstanceServices with, EventHub events)
{
    private const string Metadata = "/1.0/instances/{name}/metadata";
    private const string Templates = Metadata + "/templates";
    private const string FileName = "metadata.yaml";
    private const int LargestFile = 4 << 20;

    public void Map(Router router)
    {
        router.Map("GET", Metadata, Access.Instance("can_view"), GetAsync);
        router.Map("PUT", Metadata, Access.Instance("can_edit"), PutAsync);
        router.Map("PATCH", Metadata, Access.Instance("can_edit"), PatchAsync);
        router.Map("GET", Templates, Access.Instance("can_view"), GetTemplatesAsync);
        router.Map("POST", Templates, Access.Instance("can_edit"), PostTemplateAsync);
        router.Map("DELETE", Templates, Access.Instance("can_edit"), DeleteTemplateAsync);
    }

    private async Task<Response> GetAsync(Request request, CancellationToken ct)
    {
        var (instance, root) = await OpenAsync(request, ct).ConfigureAwait(false);
        using (root)
        {
            var metadata = Read(root);
            events.Lifecycle("instance-metadata-retrieved", instance.Project, $"{instance.Url}/metadata", request.Requestor, null, instance.Name);
            return Response.Sync(metadata, Etag.Of(metadata));
        }
    }

    private async Task<Response> PutAsync(Request request, CancellationToken ct)
    {
        var (instance, root) = await OpenAsync(request, ct).ConfigureAwait(false);
        using (root)
        {
            request.CheckEtag(Etag.Of(Read(root)));
            Write(root, await request.BodyAsync<ImageMetadata>(ct).ConfigureAwait(false));
            events.Lifecycle("instance-metadata-updated", instance.Project, $"{instance.Url}/metadata", request.Requestor, null, instance.Name);
            return Response.Empty;
        }
    }

    private async Task<Response> PatchAsync(Request request, CancellationToken ct)
    {
        var (instance, root) = await OpenAsync(request, ct).ConfigureAwait(false);
        using (root)
        {
            var metadata = Read(root);
            request.CheckEtag(Etag.Of(metadata));
            Write(root, Patching.Merge(metadata, await request.ObjectAsync(ct).ConfigureAwait(false)));
            events.Lifecycle("instance-metadata-updated", instance.Project, $"{instance.Url}/metadata", request.Requestor, null, instance.Name);
            return Response.Empty;
        }
    }

    private async Task<Response> GetTemplatesAsync(Request request, CancellationToken ct)
    {
        var (instance, root) = await OpenTemplatesAsync(request, ct).ConfigureAwait(false);
        using (root)
        {
            if (request.Query("path").Length == 0)
            {
                return Response.Sync(root.StatTarget("templates") is { IsDirectory: true } ? root.List("templates").ToList() : []);
            }

            var path = TemplatePath(request);
            var file = root.Stat(path) is { IsFile: true, Size: <= LargestFile } ? root.OpenRead(path) : throw ApiException.NotFound();
            await using (file)
            {
                using var reader = new StreamReader(file, Encoding.UTF8);
                var text = await reader.ReadToEndAsync(ct).ConfigureAwait(false);
                events.Lifecycle("instance-metadata-template-retrieved", instance.Project, $"{instance.Url}/metadata/templates", request.Requestor, new() { ["path"] = request.Query("path") }, instance.Name);
                return Response.Text(text, "application/octet-stream");
            }
        }
    }

    private async Task<Response> PostTemplateAsync(Request request, CancellationToken ct)
    {
        var (instance, root) = await OpenTemplatesAsync(request, ct).ConfigureAwait(false);
        using (root)
        {
            var path = TemplatePath(request);
            if (root.StatTarget("templates") is null)
            {
                root.MakeDirectory("templates", 0x1ed);
            }

            await using var file = root.Create(path);
            await request.Context.Request.Body.CopyToAsync(file, ct).ConfigureAwait(false);
            events.Lifecycle("instance-metadata-template-created", instance.Project, $"{instance.Url}/metadata/templates", request.Requestor, new() { ["path"] = request.Query("path") }, instance.Name);
            return Response.Empty;
        }
    }

    private async Task<Response> DeleteTemplateAsync(Request request, CancellationToken ct)
    {
        var (instance, root) = await OpenTemplatesAsync(request, ct).ConfigureAwait(false);
        using (root)
        {
            var path = TemplatePath(request);
            if (root.Stat(path) is null)
            {
                throw ApiException.NotFound();
            }

            root.Delete(path);
            events.Lifecycle("instance-metadata-template-deleted", instance.Project, $"{instance.Url}/metadata/templates", request.Requestor, new() { ["path"] = request.Query("path") }, instance.Name);
            return Response.Empty;
        }
    }

    private static string TemplatePath(Request request)
    {
        var name = request.Query("path");
        if (name.Length == 0)
        {
            throw ApiException.BadRequest("Missing path argument");
        }

        return name.Contains('/') || !name.EndsWith(".tpl", StringComparison.Ordinal) ? throw ApiException.BadRequest("Invalid template filename") : "templates/" + name;
    }

    private async Task<(InstanceRecord Instance, ConfinedRoot Root)> OpenAsync(Request request, CancellationToken ct)
    {
        var instance = await InstanceUrls.FindAsync(with.Store, request, ct).ConfigureAwait(false);
        return (instance, new ConfinedRoot(with.Volumes.PathOf(instance)));
    }

    private async Task<(InstanceRecord Instance, ConfinedRoot Root)> OpenTemplatesAsync(Request request, CancellationToken ct)
    {
        var (instance, root) = await OpenAsync(request, ct).ConfigureAwait(false);
        try
        {
            VolumeFiles.Check(root, "templates");
            return (instance, root);
        }
        catch
        {
            root.Dispose();
            throw;
        }
    }

    private static ImageMetadata Read(ConfinedRoot root)
    {
        VolumeFiles.Check(root, FileName);
        if (root.Stat(FileName) is not { IsFile: true, Size: <= LargestFile })
        {
            return new ImageMetadata();
        }

        using var reader = new StreamReader(root.OpenRead(FileName), Encoding.UTF8);
        return Yaml.Parse(reader.ReadToEnd()) is JsonObject metadata ? Json.Parse<ImageMetadata>(metadata) : new ImageMetadata();
    }

    private static void Write(ConfinedRoot root, ImageMetadata metadata)
    {
        VolumeFiles.Check(root, FileName);
        using var file = root.Create(FileName);
        file.Write(Encoding.UTF8.GetBytes(Yaml.Format(metadata)));
    }
}
