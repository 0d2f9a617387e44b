using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Web;
using Lxd.Core;
using Lxd.Core.Api;
using Lxd.Linux.Archives;

namespace Lxd.Daemon.Images;

/// <summary>Sends an image to another LXD server, which gave a secret for it.</summary>
internal sealed class ImagePush(ImageRemotes remotes, ImageFiles files)
{
    public async Task SendAsync(ImageRecord image, ImageExportPost post, Action<string> progress, CancellationToken ct)
    {
        var server = ImageRemotes.CheckHttps(post.Target);
        var http = remotes.Client(post.Certificate);
        var project = post.Project.Length > 0 ? "?project=" + Uri.EscapeDataString(post.Project) : "";
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{server}/1.0/images{project}") { Content = Content(image, progress) };
        foreach (var (name, value) in Headers(image, post))
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        try
        {
            using var response = await http.SendAsync(request, ct).ConfigureAwait(false);
            var answer = JsonNode.Parse(await response.Content.ReadAsByteArrayAsync(ct).ConfigureAwait(false)) as JsonObject;
            if (!response.IsSuccessStatusCode)
            {
                throw new ApiException((int)response.StatusCode, (string?)answer?["error"] ?? "Failed sending the image");
            }

            await WaitAsync(http, server, (string?)answer?["operation"] ?? "", (string?)answer?["metadata"]?["metadata"]?["secret"] ?? post.Secret, ct).ConfigureAwait(false);
        }
        catch (Exception e) when (e is HttpRequestException or JsonException)
        {
            throw ApiException.BadRequest($"Failed sending the image: {e.Message}", e);
        }
    }

    /// <summary>Waits for the other server to take the image up.</summary>
    /// <param name="secret">The operation's own, which lets a stranger ask for it.</param>
    private static async Task WaitAsync(HttpClient http, string server, string operation, string secret, CancellationToken ct)
    {
        if (operation.Length == 0)
        {
            return;
        }

        using var response = await http.GetAsync($"{server}{operation}/wait?secret={Uri.EscapeDataString(secret)}", ct).ConfigureAwait(false);
        var answer = JsonNode.Parse(await response.Content.ReadAsByteArrayAsync(ct).ConfigureAwait(false)) as JsonObject;
        if (!response.IsSuccessStatusCode)
        {
            throw new ApiException((int)response.StatusCode, (string?)answer?["error"] ?? "Failed sending the image");
        }

        if ((int?)answer?["metadata"]?["status_code"] != 200)
        {
            throw ApiException.BadRequest((string?)answer?["metadata"]?["err"] is { Length: > 0 } error ? error : "Failed sending the image");
        }
    }

    private static IEnumerable<(string Name, string Value)> Headers(ImageRecord image, ImageExportPost post)
    {
        yield return ("X-LXD-secret", post.Secret);
        yield return ("X-LXD-fingerprint", image.Fingerprint);
        yield return ("X-LXD-filename", image.Filename);
        yield return ("X-LXD-properties", string.Join('&', image.Properties.Select(p => $"{HttpUtility.UrlEncode(p.Key)}={HttpUtility.UrlEncode(p.Value)}")));
        if (post.Profiles.Count > 0)
        {
            yield return ("X-LXD-profiles", string.Join('&', post.Profiles.Select(p => $"profile={HttpUtility.UrlEncode(p)}")));
        }

        if (post.Aliases.Count > 0)
        {
            yield return ("X-LXD-aliases", string.Join('&', post.Aliases.Select(a => $"alias={HttpUtility.UrlEncode(a.Name)}")));
        }
    }

    private HttpContent Content(ImageRecord image, Action<string> progress)
    {
        var folder = files.Of(image.Project);
        var meter = new ImageDownload.Meter("Image upload", image.Size, progress);
        long before = 0;
        StreamContent Part(string path)
        {
            var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 18, FileOptions.Asynchronous | FileOptions.SequentialScan);
            var start = before;
            before += file.Length;
            return new StreamContent(new CountingStream(file, read => meter.Show(start + read)), 1 << 18) { Headers = { ContentType = new MediaTypeHeaderValue("application/octet-stream"), ContentLength = file.Length } };
        }

        var meta = Part(folder.Meta(image.Fingerprint));
        if (!folder.IsSplit(image.Fingerprint))
        {
            return meta;
        }

        return new MultipartFormDataContent
        {
            { meta, "metadata", "meta-" + image.Fingerprint },
            { Part(folder.Root(image.Fingerprint)), image.Type == "virtual-machine" ? "rootfs.img" : "rootfs", image.Fingerprint },
        };
    }
}
