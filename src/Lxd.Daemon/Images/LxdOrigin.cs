using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Lxd.Core;
using Lxd.Core.Api;
using Microsoft.Net.Http.Headers;

namespace Lxd.Daemon.Images;

/// <summary>Images of another LXD server.</summary>
/// <param name="http">Trusts that server.</param>
/// <param name="project">The project the image is in; empty for the default one.</param>
/// <param name="secret">Opens a private image; empty for a public one.</param>
internal sealed class LxdOrigin(HttpClient http, string server, string project, string secret, DownloadPatience patience)
{
    public async Task<ImageOffer?> FindAsync(string alias, string fingerprint, CancellationToken ct)
    {
        if (alias.Length > 0 && (fingerprint.Length == 0 || secret.Length == 0))
        {
            // A stranger sees the aliases of public images only; with a secret the fingerprint is what counts.
            var entry = await GetAsync<ImageAliasesEntry>(Url("images/aliases/" + Uri.EscapeDataString(alias), false), ct).ConfigureAwait(false);
            fingerprint = entry?.Target ?? (fingerprint.Length > 0 ? fingerprint : alias);
        }

        var image = await GetAsync<Image>(Url("images/" + Uri.EscapeDataString(fingerprint), true), ct).ConfigureAwait(false);
        if (image is not null && (image.Fingerprint.Length != 64 || !image.Fingerprint.All(char.IsAsciiHexDigitLower) || !image.Fingerprint.StartsWith(fingerprint, StringComparison.Ordinal)))
        {
            throw ApiException.BadRequest("The image server describes another image than the one it was asked for");
        }

        return image is null ? null : new ImageOffer(image, (folder, progress, token) => FetchAsync(image, folder, progress, token));
    }

    private string Url(string path, bool withSecret)
    {
        var query = new List<string>();
        if (project.Length > 0)
        {
            query.Add("project=" + Uri.EscapeDataString(project));
        }

        if (withSecret && secret.Length > 0)
        {
            query.Add("secret=" + Uri.EscapeDataString(secret));
        }

        return $"{server}/1.0/{path}{(query.Count > 0 ? "?" + string.Join('&', query) : "")}";
    }

    private async Task<T?> GetAsync<T>(string url, CancellationToken ct) where T : class
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(ct);
        timeout.CancelAfter(patience.Stall);
        try
        {
            using var response = await http.GetAsync(url, timeout.Token).ConfigureAwait(false);
            if (response.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.BadRequest or HttpStatusCode.Forbidden)
            {
                return null;
            }

            var body = JsonNode.Parse(await response.Content.ReadAsByteArrayAsync(timeout.Token).ConfigureAwait(false)) as JsonObject;
            return response.IsSuccessStatusCode ? Json.Parse<T>(body?["metadata"]) : throw new ApiException((int)response.StatusCode, (string?)body?["error"] ?? "Failed asking the image server");
        }
        catch (Exception e) when (e is HttpRequestException or JsonException)
        {
            throw ApiException.BadRequest($"Failed asking the image server: {e.Message}", e);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            throw ApiException.BadRequest($"Failed asking the image server: {server} does not answer");
        }
    }

    private async Task<ReceivedImage> FetchAsync(Image image, ImageFolder folder, Action<string> progress, CancellationToken ct)
    {
        var received = folder.Receive();
        using var stalled = CancellationTokenSource.CreateLinkedTokenSource(ct);
        try
        {
            await FetchAsync(image, received, progress, stalled).ConfigureAwait(false);
            return received;
        }
        catch (Exception e)
        {
            received.Dispose();
            throw e switch
            {
                HttpRequestException or IOException => ApiException.BadRequest($"Failed fetching the image: {e.Message}", e),
                OperationCanceledException when !ct.IsCancellationRequested => ApiException.BadRequest("Failed fetching the image: the server stopped sending", e),
                _ => e,
            };
        }
    }

    private async Task FetchAsync(Image image, ReceivedImage received, Action<string> progress, CancellationTokenSource stalled)
    {
        stalled.CancelAfter(patience.Stall);
        var meter = new ImageDownload.Meter("rootfs", image.Size, progress);
        long before = 0;
        async Task CopyAsync(Stream body, Stream part, CancellationToken token)
        {
            var buffer = new byte[1 << 18];
            int count;
            while ((count = await body.ReadAsync(buffer, token).ConfigureAwait(false)) > 0)
            {
                stalled.CancelAfter(patience.Stall);
                part.Write(buffer.AsSpan(0, count));
                if (image.Size > 0 && before + part.Length > image.Size)
                {
                    throw ApiException.BadRequest($"The server sent more than the {image.Size} bytes it announced");
                }

                meter.Show(before + part.Length);
            }

            before += part.Length;
        }

        using var response = await http.GetAsync(Url($"images/{image.Fingerprint}/export", true), HttpCompletionOption.ResponseHeadersRead, stalled.Token).ConfigureAwait(false);
        if (!response.IsSuccessStatusCode)
        {
            throw new ApiException((int)response.StatusCode, $"Failed fetching the image: {response.ReasonPhrase}");
        }

        await using var body = await response.Content.ReadAsStreamAsync(stalled.Token).ConfigureAwait(false);
        if (response.Content.Headers.ContentType is { MediaType: "multipart/form-data" } type)
        {
            var boundary = HeaderUtilities.RemoveQuotes(type.Parameters.FirstOrDefault(p => p.Name == "boundary")?.Value ?? "").Value ?? "";
            await MultipartImage.ReceiveAsync(body, boundary, received, CopyAsync, stalled.Token).ConfigureAwait(false);
            return;
        }

        received.Filename = Path.GetFileName(response.Content.Headers.ContentDisposition?.FileName?.Trim('"') ?? "");
        await using var part = received.OpenMeta();
        await CopyAsync(body, part, stalled.Token).ConfigureAwait(false);
    }
}
