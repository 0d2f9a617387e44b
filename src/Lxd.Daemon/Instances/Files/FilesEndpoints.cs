using System.Text;
using Lxd.Core;
using Lxd.Daemon.Events;
using Lxd.Daemon.Http;
using Lxd.Linux.Files;
using Lxd.Linux.IdMaps;

namespace Lxd.Daemon.Instances.Files;

/// <summary><c>/1.0/instances/NAME/files?path=</c>.</summary>
internal sealed class FilesEndpoints(InstanceServices with, EventHub events)
{
    private const string Route = "/1.0/instances/{name}/files";

    public void Map(Router router)
    {
        router.Map("GET", Route, Access.Instance("can_access_files"), GetAsync);
        router.Map("HEAD", Route, Access.Instance("can_access_files"), GetAsync);
        router.Map("POST", Route, Access.Instance("can_access_files"), PostAsync);
        router.Map("DELETE", Route, Access.Instance("can_access_files"), DeleteAsync);
    }

    private static string PathOf(Request request) => request.Query("path") is { Length: > 0 } path ? path : throw ApiException.BadRequest("Missing path argument");

    private async Task<Response> GetAsync(Request request, CancellationToken ct)
    {
        var path = PathOf(request);
        var instance = await InstanceUrls.FindAsync(with.Store, request, ct).ConfigureAwait(false);
        using var files = InstanceFiles.Open(with, instance);
        var entry = files.Stat(path) ?? throw ApiException.NotFound();
        if (request.Method == "GET")
        {
            events.Lifecycle("instance-file-retrieved", instance.Project, $"{instance.Url}/files", request.Requestor, new() { ["path"] = path }, instance.Name);
        }

        return await FileErrors.TranslateAsync(() => Task.Run(() => Show(files, path, entry), ct)).ConfigureAwait(false);
    }

    private static Response Show(InstanceFiles files, string path, FileEntry entry)
    {
        if (entry.IsDirectory)
        {
            var names = files.Shown.List(path);
            return Response.Raw(async (context, ct) =>
            {
                FileHeaders.Write(context.Response, entry);
                await Response.Sync(names.ToList()).WriteAsync(context, ct).ConfigureAwait(false);
            });
        }

        if (entry.IsLink)
        {
            var target = files.Shown.ReadLink(path);
            var full = target.StartsWith('/') ? target : Path.GetFullPath(Path.Combine("/", Path.GetDirectoryName(path.TrimEnd('/')) ?? "/", target));
            return Bytes(entry, Encoding.UTF8.GetBytes(full));
        }

        return Content(entry, files.Shown.OpenRead(path), path);
    }

    private static Response Bytes(FileEntry entry, byte[] content) => Response.Raw(async (context, ct) =>
    {
        FileHeaders.Write(context.Response, entry);
        context.Response.ContentType = "application/octet-stream";
        context.Response.ContentLength = content.Length;
        if (context.Request.Method != "HEAD")
        {
            await context.Response.Body.WriteAsync(content, ct).ConfigureAwait(false);
        }
    });

    /// <summary>A file's content, to its end: those of <c>/proc</c> say they are empty.</summary>
    private static Response Content(FileEntry entry, FileStream file, string path) => Response.Raw(async (context, ct) =>
    {
        await using (file)
        {
            FileHeaders.Write(context.Response, entry);
            context.Response.ContentType = "application/octet-stream";
            context.Response.Headers.ContentDisposition = $"inline;filename={Uri.EscapeDataString(Path.GetFileName(path))}";
            if (context.Request.Method == "HEAD")
            {
                context.Response.ContentLength = entry.Size;
                return;
            }

            await file.CopyToAsync(context.Response.Body, 131072, ct).ConfigureAwait(false);
        }
    });

    private async Task<Response> PostAsync(Request request, CancellationToken ct)
    {
        var path = PathOf(request);
        var headers = FileHeaders.Read(request);
        var instance = await InstanceUrls.FindAsync(with.Store, request, ct).ConfigureAwait(false);
        using var files = InstanceFiles.Open(with, instance);
        await FileErrors.TranslateAsync(async () =>
        {
            switch (headers.Type)
            {
                case "directory":
                    return await files.ChangeAsync(path, (root, map) => MakeDirectory(root, map, path, headers)).ConfigureAwait(false);
                case "symlink":
                    using (var reader = new StreamReader(request.Context.Request.Body))
                    {
                        var target = await reader.ReadToEndAsync(ct).ConfigureAwait(false);
                        return await files.ChangeAsync(path, (root, map) => MakeLink(root, map, path, target, headers)).ConfigureAwait(false);
                    }

                case "file":
                    var file = await files.ChangeAsync(path, (root, map) => OpenFile(root, map, path, headers)).ConfigureAwait(false);
                    await using (file)
                    {
                        await request.Context.Request.Body.CopyToAsync(file, ct).ConfigureAwait(false);
                    }

                    return true;
                default:
                    throw ApiException.BadRequest($"Bad file type: {headers.Type}");
            }
        }).ConfigureAwait(false);
        events.Lifecycle("instance-file-pushed", instance.Project, $"{instance.Url}/files", request.Requestor, new() { ["path"] = path }, instance.Name);
        return Response.Empty;
    }

    private static bool MakeDirectory(ConfinedRoot root, IdMap map, string path, FileHeaders headers)
    {
        if (root.StatTarget(path) is { IsDirectory: true })
        {
            return true;
        }

        root.MakeDirectory(path, headers.Mode ?? 0x1e8);
        Own(root, map, path, headers.Uid ?? 0, headers.Gid ?? 0);
        return true;
    }

    private static bool MakeLink(ConfinedRoot root, IdMap map, string path, string target, FileHeaders headers)
    {
        if (root.Stat(path) is { IsLink: true } && root.ReadLink(path) == target)
        {
            return true;
        }

        root.Symlink(target, path);
        Own(root, map, path, headers.Uid ?? 0, headers.Gid ?? 0);
        return true;
    }

    /// <summary>A new file gets owner and mode as asked for, or those of root; one that is there keeps what the client does not say to change.</summary>
    private static FileStream OpenFile(ConfinedRoot root, IdMap map, string path, FileHeaders headers)
    {
        var old = root.StatTarget(path);
        if (old is { IsDirectory: true })
        {
            throw ApiException.BadRequest("Path already exists as a directory");
        }

        var file = headers.Append ? root.OpenAppend(path) : root.Create(path);
        try
        {
            if (old is null)
            {
                Own(root, map, path, headers.Uid ?? 0, headers.Gid ?? 0);
                root.SetMode(path, headers.Mode ?? 0x1a4);
            }
            else
            {
                Modify(root, map, path, headers);
            }

            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    private static void Modify(ConfinedRoot root, IdMap map, string path, FileHeaders headers)
    {
        var uid = headers.ModifyPerm.Contains("uid") ? headers.Uid : null;
        var gid = headers.ModifyPerm.Contains("gid") ? headers.Gid : null;
        if (uid is not null || gid is not null)
        {
            Own(root, map, path, uid, gid);
        }

        if (headers.ModifyPerm.Contains("mode") && headers.Mode is { } mode)
        {
            root.SetMode(path, mode);
        }
    }

    private static void Own(ConfinedRoot root, IdMap map, string path, uint? uid, uint? gid) => root.SetOwner(
        path,
        uid is null ? uint.MaxValue : map.HostUid(uid.Value) ?? throw ApiException.BadRequest($"The user id {uid} is not mapped into the instance"),
        gid is null ? uint.MaxValue : map.HostGid(gid.Value) ?? throw ApiException.BadRequest($"The group id {gid} is not mapped into the instance"));

    private async Task<Response> DeleteAsync(Request request, CancellationToken ct)
    {
        var path = PathOf(request);
        var instance = await InstanceUrls.FindAsync(with.Store, request, ct).ConfigureAwait(false);
        using var files = InstanceFiles.Open(with, instance);
        await FileErrors.TranslateAsync(() => files.ChangeAsync(path, (root, _) =>
        {
            root.Delete(path);
            return true;
        })).ConfigureAwait(false);
        events.Lifecycle("instance-file-deleted", instance.Project, $"{instance.Url}/files", request.Requestor, new() { ["path"] = path }, instance.Name);
        return Response.Empty;
    }
}
