using Lxd.Core;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace Lxd.Daemon.Images;

/// <summary>A split image as a multipart body: parts <c>metadata</c> and <c>rootfs</c> or, for a disk, <c>rootfs.img</c>, in this order.</summary>
internal static class MultipartImage
{
    private const int BufferSize = 1 << 18;

    /// <summary>The number of errors that are the reader's own: a body that ends too early. A full disk has another.</summary>
    private const int NotOfTheSystem = unchecked((int)0x80131620);

    public static async Task ReceiveAsync(Stream body, string boundary, ReceivedImage image, Func<Stream, Stream, CancellationToken, Task> copy, CancellationToken ct)
    {
        if (boundary.Length == 0)
        {
            throw ApiException.BadRequest("The multipart body has no boundary");
        }

        var reader = new MultipartReader(boundary, body, BufferSize) { BodyLengthLimit = null, HeadersLengthLimit = 16384 };
        var (first, filename) = await PartAsync(reader, name => name == "metadata", ct).ConfigureAwait(false);
        await using (var part = image.OpenMeta())
        {
            await CopyAsync(first, part).ConfigureAwait(false);
        }

        image.Filename = Path.GetFileName(filename);
        var isDisk = false;
        var (second, _) = await PartAsync(reader, name => name == "rootfs" || (isDisk = name == "rootfs.img"), ct).ConfigureAwait(false);
        await using (var part = image.OpenRoot())
        {
            await CopyAsync(second, part).ConfigureAwait(false);
        }

        image.IsDisk = isDisk;

        async Task CopyAsync(MultipartSection section, ImagePart part)
        {
            try
            {
                await copy(section.Body, part, ct).ConfigureAwait(false);
            }
            catch (IOException e) when (e.HResult == NotOfTheSystem)
            {
                throw ApiException.BadRequest("Invalid multipart image", e);
            }
        }
    }

    private static async Task<(MultipartSection Section, string Filename)> PartAsync(MultipartReader reader, Func<string, bool> fits, CancellationToken ct)
    {
        try
        {
            var section = await reader.ReadNextSectionAsync(ct).ConfigureAwait(false);
            return section is not null && ContentDispositionHeaderValue.TryParse(section.ContentDisposition, out var disposition) && fits(HeaderUtilities.RemoveQuotes(disposition.Name).Value ?? "")
                ? (section, HeaderUtilities.RemoveQuotes(disposition.FileName).Value ?? "")
                : throw ApiException.BadRequest("Invalid multipart image");
        }
        catch (Exception e) when (e is IOException or InvalidDataException)
        {
            throw ApiException.BadRequest("Invalid multipart image", e);
        }
    }
}
