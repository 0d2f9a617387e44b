using Lxd.Client.SimpleStreams;
using Lxd.Core;
using Lxd.Linux.Archives;

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

    /// <summary>By the difference to an image that is here where there is one, and whole where that fails.</summary>
    private async Task<ReceivedImage> FetchAsync(StreamImage image, ImageFolder folder, Action<string> progress, CancellationToken ct)
    {
        if (image.Root is not null && image.Deltas.FirstOrDefault(d => folder.IsSplit(d.Base)) is { } delta && Vcdiff.IsAvailable)
        {
            try
            {
                var received = await FetchAsync(image, folder, progress, (part, token) => ApplyAsync(delta, folder, part, progress, token), ct).ConfigureAwait(false);
                if (received.Fingerprint == image.Image.Fingerprint)
                {
                    return received;
                }

                received.Dispose();
            }
            catch (Exception e) when (e is ApiException or IOException && !ct.IsCancellationRequested)
            {
                // The difference was only to save time.
            }
        }

        return await FetchAsync(image, folder, progress, (part, token) => FetchAsync(image.Root!, part, "rootfs", progress, token), ct).ConfigureAwait(false);
    }

    private async Task<ReceivedImage> FetchAsync(StreamImage image, ImageFolder folder, Action<string> progress, Func<ImagePart, CancellationToken, Task> root, CancellationToken ct)
    {
        var received = folder.Receive();
        try
        {
            received.IsDisk = image.Image.Type == "virtual-machine";
            await using (var part = received.OpenMeta())
            {
                await FetchAsync(image.Meta, part, "metadata", progress, ct).ConfigureAwait(false);
            }

            if (image.Root is not null)
            {
                await using var part = received.OpenRoot();
                await root(part, ct).ConfigureAwait(false);
            }

            return received;
        }
        catch
        {
            received.Dispose();
            throw;
        }
    }

    private async Task ApplyAsync(StreamDelta delta, ImageFolder folder, ImagePart part, Action<string> progress, CancellationToken ct)
    {
        using var received = folder.Receive();
        await using (var difference = received.OpenMeta())
        {
            await FetchAsync(delta.File, difference, "rootfs delta", progress, ct).ConfigureAwait(false);
        }

        await Vcdiff.ApplyAsync(folder.Root(delta.Base), received.Meta, part, ct).ConfigureAwait(false);
    }

    private Task FetchAsync(StreamFile file, ImagePart part, string what, Action<string> progress, CancellationToken ct) => file.Sha256.Length > 0
        ? new ImageDownload(http, patience, progress).FetchAsync($"{streams.Server}/{file.Path}", part, what, file.Sha256, file.Size, ct)
        : throw ApiException.BadRequest($"The server tells no hash of {file.Path}");
}
