using Lxd.Daemon.Http;
using Lxd.Linux.Archives;
using Microsoft.AspNetCore.Http;

namespace Lxd.Daemon.Images;

/// <summary>The files of an image as an answer: one as it is, two as parts of a multipart body.</summary>
internal static class ImageExport
{
    public static Response Write(ImageRecord image, ImageFolder files)
    {
        var meta = files.Meta(image.Fingerprint);
        var kind = Archive.Detect(meta).Extension();
        if (!files.IsSplit(image.Fingerprint))
        {
            return Response.Raw(async (context, ct) =>
            {
                context.Response.ContentType = "application/octet-stream";
                context.Response.ContentLength = new FileInfo(meta).Length;
                context.Response.Headers.ContentDisposition = $"inline;filename={image.Fingerprint}{kind}";
                if (!HttpMethods.IsHead(context.Request.Method))
                {
                    await FileResponse.SendAsync(context, meta, ct).ConfigureAwait(false);
                }
            });
        }

        var root = files.Root(image.Fingerprint);
        var disk = image.Type == "virtual-machine";
        return Response.Raw(async (context, ct) =>
        {
            var boundary = Guid.NewGuid().ToString("N");
            context.Response.ContentType = $"multipart/form-data; boundary={boundary}";
            if (HttpMethods.IsHead(context.Request.Method))
            {
                return;
            }

            await PartAsync(context, boundary, "metadata", $"meta-{image.Fingerprint}{kind}", meta, ct).ConfigureAwait(false);
            await PartAsync(context, boundary, disk ? "rootfs.img" : "rootfs", $"{image.Fingerprint}{Archive.Detect(root).Extension()}", root, ct).ConfigureAwait(false);
            await context.Response.WriteAsync($"--{boundary}--\r\n", ct).ConfigureAwait(false);
        });
    }

    private static async Task PartAsync(HttpContext context, string boundary, string name, string filename, string path, CancellationToken ct)
    {
        await context.Response.WriteAsync($"--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"{filename}\"\r\nContent-Type: application/octet-stream\r\n\r\n", ct).ConfigureAwait(false);
        await FileResponse.SendAsync(context, path, ct).ConfigureAwait(false);
        await context.Response.WriteAsync("\r\n", ct).ConfigureAwait(false);
    }
}
