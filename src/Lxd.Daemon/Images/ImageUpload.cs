using System.Web;
using Lxd.Core;
using Lxd.Daemon.Http;
using Microsoft.Net.Http.Headers;

namespace Lxd.Daemon.Images;

/// <summary>Receives an uploaded image: one body, or the parts of a split image.</summary>
internal static class ImageUpload
{
    private const int BufferSize = 1 << 20;

    public static async Task<ReceivedImage> ReceiveAsync(Request request, ImageFolder folder, CancellationToken ct)
    {
        var image = folder.Receive();
        try
        {
            var body = request.Context.Request.Body;
            if (MediaTypeHeaderValue.TryParse(request.Header("Content-Type"), out var type) && type.MediaType.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase))
            {
                await MultipartImage.ReceiveAsync(body, HeaderUtilities.RemoveQuotes(type.Boundary).Value ?? "", image, CopyAsync, ct).ConfigureAwait(false);
            }
            else
            {
                await using var part = image.OpenMeta();
                await CopyAsync(body, part, ct).ConfigureAwait(false);
            }

            if (request.Header("X-LXD-filename") is { Length: > 0 } filename)
            {
                image.Filename = Path.GetFileName(filename);
            }

            return image;
        }
        catch
        {
            image.Dispose();
            throw;
        }
    }

    /// <summary>Properties as a query string.</summary>
    public static Dictionary<string, string> Properties(string header)
    {
        var query = HttpUtility.ParseQueryString(header);
        return query.AllKeys.OfType<string>().ToDictionary(k => k, k => query[k] ?? "");
    }

    /// <summary>The values of one key in a header that is a query string: <c>profile=a&amp;profile=b</c>.</summary>
    public static List<string> Values(string header, string key) => [.. HttpUtility.ParseQueryString(header).GetValues(key) ?? []];

    private static async Task CopyAsync(Stream body, Stream part, CancellationToken ct)
    {
        await body.CopyToAsync(part, BufferSize, ct).ConfigureAwait(false);
        if (part.Length == 0)
        {
            throw ApiException.BadRequest("The image is empty");
        }
    }
}
