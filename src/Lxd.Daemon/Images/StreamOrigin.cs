using Lxd.Client.SimpleStreams;
using Lxd.Core;

namespace Lxd.Daemon.Images;

/// <summary>Images of a simplestreams server.</summary>
internal sealed class StreamOrigin(SimpleStreamsClient streams, HttpClient http, DownloadPatience patience)
{
    /// <param name="fresh">Asks the server even where what it said is still in memory.</param>
    public async Task<ImageOffer?> FindAsync(ImageQuery query, bool fresh, CancellationToken ct)
    {
        if (fresh)
        {
            streams.Refresh();
        }

        return await streams.FindAsync(query.Name, query.Type, query.Architectures, ct).ConfigureAwait(false) is { } found
            ? new ImageOffer(found.Image, (folder, progress, token) => FetchAsync(found, folder, progress, token))
            : null;
    }

    private async Task<ReceivedImage> FetchAsync(StreamImage image, ImageFolder folder, Action<string> progress, CancellationToken ct)
    {
        var download = new ImageDownload(http, patience, progress);
        var received = folder.Receive();
        try
        {
            received.IsDisk = image.Image.Type == "virtual-machine";
            await using (var part = received.OpenMeta())
            {
                await FetchAsync(download, image.Meta, part, "metadata", ct).ConfigureAwait(false);
            }

            if (image.Root is { } root)
            {
                await using var part = received.OpenRoot();
                await FetchAsync(download, root, part, "rootfs", ct).ConfigureAwait(false);
            }

            return received;
        }
        catch
        {
            received.Dispose();
            throw;
        }
    }

    private Task FetchAsync(ImageDownload download, StreamFile file, ImagePart part, string what, CancellationToken ct) =>
        file.Sha256.Length > 0 ? download.FetchAsync($"{streams.Server}/{file.Path}", part, what, file.Sha256, file.Size, ct) : throw ApiException.BadRequest($"The server tells no hash of {file.Path}");
}
