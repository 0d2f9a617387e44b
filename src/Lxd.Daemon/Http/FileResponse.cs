using System.Buffers;
using Microsoft.AspNetCore.Http;

namespace Lxd.Daemon.Http;

/// <summary>A file of the host as the answer.</summary>
internal static class FileResponse
{
    private const int BufferSize = 1 << 19;

    public static Response Of(string path, string name) => Response.Raw(async (context, ct) =>
    {
        await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 0);
        var length = file.Length;
        context.Response.ContentType = "application/octet-stream";
        context.Response.Headers.ContentDisposition = $"inline;filename={name}";
        context.Response.Headers.LastModified = File.GetLastWriteTimeUtc(path).ToString("R", System.Globalization.CultureInfo.InvariantCulture);
        context.Response.ContentLength = length;
        if (context.Request.Method == "HEAD")
        {
            return;
        }

        await SendAsync(context, file, length, ct).ConfigureAwait(false);
    });

    /// <summary>Sends a file as a part of the body.</summary>
    public static async Task SendAsync(HttpContext context, string path, CancellationToken ct)
    {
        await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 0);
        await SendAsync(context, file, file.Length, ct).ConfigureAwait(false);
    }

    /// <summary>A log may grow while it is read: no more is sent than was announced.</summary>
    private static async Task SendAsync(HttpContext context, FileStream file, long length, CancellationToken ct)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            // What is read comes from the page cache or is read ahead: asynchronous reads would only cost changes of threads.
            int read;
            while (length > 0 && (read = file.Read(buffer, 0, (int)Math.Min(buffer.Length, length))) > 0)
            {
                await context.Response.Body.WriteAsync(buffer.AsMemory(0, read), ct).ConfigureAwait(false);
                length -= read;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
