using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using Lxd.Core;

namespace Lxd.Daemon.Images;

/// <summary>Fetches a file into a path while hashing it. A broken connection is taken up where it broke; a wrong hash or length fails and removes the file.</summary>
internal sealed class ImageDownload(HttpClient http, Action<string> progress)
{
    private const int Attempts = 4;

    /// <param name="what">The word in the progress line: <c>metadata</c>, <c>rootfs</c>.</param>
    /// <param name="sha256">Expected, hex; empty where the server does not tell.</param>
    /// <param name="size">Expected; 0 where not told.</param>
    public async Task FetchAsync(string url, string path, string what, string sha256, long size, CancellationToken ct)
    {
        var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        try
        {
            await using var file = new FileStream(path, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Options = FileOptions.Asynchronous, BufferSize = 0, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite });
            for (var attempt = 1; !await TryAsync(url, file, hash, what, size, attempt == Attempts, ct).ConfigureAwait(false); attempt++)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(200 * attempt), ct).ConfigureAwait(false);
            }

            if (size > 0 && file.Length != size)
            {
                throw ApiException.BadRequest($"Failed fetching {url}: got {file.Length} bytes, expected {size}");
            }

            var got = Convert.ToHexStringLower(hash.GetHashAndReset());
            if (sha256.Length > 0 && got != sha256)
            {
                throw ApiException.BadRequest($"Hash mismatch for {url}: {got} != {sha256}");
            }
        }
        catch
        {
            File.Delete(path);
            throw;
        }
        finally
        {
            hash.Dispose();
        }
    }

    /// <summary>Whether the whole body has come; false when the connection broke and may be tried again.</summary>
    private async Task<bool> TryAsync(string url, FileStream file, IncrementalHash hash, string what, long size, bool last, CancellationToken ct)
    {
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, url);
            if (file.Length > 0)
            {
                request.Headers.Range = new(file.Length, null);
            }

            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ct).ConfigureAwait(false);
            if (file.Length > 0 && response.StatusCode != HttpStatusCode.PartialContent)
            {
                file.SetLength(0);
                file.Position = 0;
                hash.GetHashAndReset();
            }

            if (!response.IsSuccessStatusCode)
            {
                throw new ApiException((int)response.StatusCode, $"Failed fetching {url}: {((int)response.StatusCode).ToString(CultureInfo.InvariantCulture)} {response.ReasonPhrase}");
            }

            await CopyAsync(await response.Content.ReadAsStreamAsync(ct).ConfigureAwait(false), file, hash, what, size, response.Content.Headers.ContentLength + file.Length ?? size, ct).ConfigureAwait(false);
            return true;
        }
        catch (Exception e) when (e is HttpRequestException or IOException or HttpIOException)
        {
            return last ? throw ApiException.BadRequest($"Failed fetching {url}: {e.Message}", e) : false;
        }
    }

    private async Task CopyAsync(Stream body, FileStream file, IncrementalHash hash, string what, long limit, long total, CancellationToken ct)
    {
        var buffer = new byte[1 << 18];
        var watch = Stopwatch.StartNew();
        var shown = TimeSpan.Zero;
        long received = 0;
        int count;
        while ((count = await body.ReadAsync(buffer, ct).ConfigureAwait(false)) > 0)
        {
            if (limit > 0 && file.Length + count > limit)
            {
                throw ApiException.BadRequest($"The server sent more than the {limit} bytes it announced");
            }

            hash.AppendData(buffer, 0, count);
            await file.WriteAsync(buffer.AsMemory(0, count), ct).ConfigureAwait(false);
            received += count;
            if (watch.Elapsed - shown > TimeSpan.FromMilliseconds(500))
            {
                shown = watch.Elapsed;
                var speed = Units.FormatBytesSi((long)(received / watch.Elapsed.TotalSeconds));
                progress(total > 0 ? $"{what}: {(file.Length * 100 / total).ToString(CultureInfo.InvariantCulture)}% ({speed}/s)" : $"{what}: {Units.FormatBytesSi(file.Length)} ({speed}/s)");
            }
        }
    }
}
