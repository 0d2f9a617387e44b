using System.Web;
using Lxd.Core;
using Lxd.Daemon.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace Lxd.Daemon.Images;

/// <summary>Receives an uploaded image: one body, or two parts <c>metadata</c> and <c>rootfs</c> or <c>rootfs.img</c> in this order.</summary>
internal sealed class ImageUpload(ImageFiles files)
{
    public async Task<ReceivedImage> ReceiveAsync(Request request, CancellationToken ct)
    {
        var type = MediaTypeHeaderValue.TryParse(request.Header("Content-Type"), out var parsed) ? parsed : null;
        if (type?.MediaType.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase) == true)
        {
            return await SplitAsync(request, HeaderUtilities.RemoveQuotes(type.Boundary).Value ?? "", ct).ConfigureAwait(false);
        }

        var meta = files.NewPartial();
        try
        {
            await SaveAsync(request.Context.Request.Body, meta, ct).ConfigureAwait(false);
            return new ReceivedImage(meta, null) { Filename = Path.GetFileName(request.Header("X-LXD-filename")) };
        }
        catch
        {
            File.Delete(meta);
            throw;
        }
    }

    /// <summary>Properties as a query string.</summary>
    public static Dictionary<string, string> Properties(string header)
    {
        var query = HttpUtility.ParseQueryString(header);
        return query.AllKeys.OfType<string>().ToDictionary(k => k, k => query[k] ?? "");
    }

    private async Task<ReceivedImage> SplitAsync(Request request, string boundary, CancellationToken ct)
    {
        if (boundary.Length == 0)
        {
            throw ApiException.BadRequest("The multipart body has no boundary");
        }

        var reader = new MultipartReader(boundary, request.Context.Request.Body) { BodyLengthLimit = null, HeadersLengthLimit = 16384 };
        var meta = files.NewPartial();
        var root = files.NewPartial();
        try
        {
            var first = await PartAsync(reader, meta, ct).ConfigureAwait(false);
            if (first.Name != "metadata")
            {
                throw ApiException.BadRequest("Invalid multipart image");
            }

            var second = await PartAsync(reader, root, ct).ConfigureAwait(false);
            if (second.Name is not ("rootfs" or "rootfs.img"))
            {
                throw ApiException.BadRequest("Invalid multipart image");
            }

            return new ReceivedImage(meta, root) { Filename = Path.GetFileName(first.Filename), IsDisk = second.Name == "rootfs.img" };
        }
        catch
        {
            File.Delete(meta);
            File.Delete(root);
            throw;
        }
    }

    private static async Task<(string Name, string Filename)> PartAsync(MultipartReader reader, string path, CancellationToken ct)
    {
        MultipartSection? section;
        try
        {
            section = await reader.ReadNextSectionAsync(ct).ConfigureAwait(false);
        }
        catch (IOException e)
        {
            throw ApiException.BadRequest("Invalid multipart image", e);
        }

        if (section is null || !ContentDispositionHeaderValue.TryParse(section.ContentDisposition, out var disposition))
        {
            throw ApiException.BadRequest("Invalid multipart image");
        }

        await SaveAsync(section.Body, path, ct).ConfigureAwait(false);
        return (HeaderUtilities.RemoveQuotes(disposition.Name).Value ?? "", HeaderUtilities.RemoveQuotes(disposition.FileName).Value ?? "");
    }

    private static async Task SaveAsync(Stream body, string path, CancellationToken ct)
    {
        await using var file = new FileStream(path, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Options = FileOptions.Asynchronous, BufferSize = 0, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite });
        await body.CopyToAsync(file, 1 << 20, ct).ConfigureAwait(false);
        if (file.Length == 0)
        {
            throw ApiException.BadRequest("The image is empty");
        }
    }
}
