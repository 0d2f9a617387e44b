
namespace Lxd.Daemon.Http;

/// <summary>A file of the host as the answer.</summary>
internal static class FileResponse
{
    public static Response Of(string path, string name) => Response.Raw(async (context, ct) =>
    {
        await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var length = file.Length;
        context.Response.ContentType = "application/octet-stream";
        context.Response.Headers.ContentDisposition = $"inline;filename={name}";
        context.Response.Headers.LastModified = File.GetLastWriteTimeUtc(path).ToString("R", System.Globalization.CultureInfo.InvariantCulture);
        context.Response.ContentLength = length;
        if (context.Request.Method == "HEAD")
        {
            return;
        }

        // A log may grow while it is read: no more is sent than was announced.
        var buffer = new byte[65536];
        while (length > 0)
        {
            var read = await file.ReadAsync(buffer.AsMemory(0, (int)Math.Min(buffer.Length, length)), ct).ConfigureAwait(false);
            if (read == 0)
            {
                break;
            }

            await context.Response.Body.WriteAsync(buffer.AsMemory(0, read), ct).ConfigureAwait(false);
            length -= read;
        }
    });
}
