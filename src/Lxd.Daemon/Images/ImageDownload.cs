using System.Diagnostics;
using System.Globalization;
using System.Net;
using Lxd.Client.SimpleStreams;
using Lxd.Core;

namespace Lxd.Daemon.Images;

/// <summary>How patient a download is.</summary>
/// <param name="Stall">Longest time without a byte before the connection counts as broken.</param>
/// <param name="Attempts">Connections tried one after the other that all bring less than <paramref name="Progress"/> bytes.</param>
internal sealed record DownloadPatience(TimeSpan Stall, TimeSpan Pause, int Attempts, long Progress)
{
    public static DownloadPatience Default { get; } = new(TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(1), 5, 1 << 20);
}

/// <summary>Fetches a file of an image server. A broken or stalled connection is taken up where it broke; a wrong hash or length fails.</summary>
internal sealed class ImageDownload(HttpClient http, DownloadPatience patience, Action<string> progress)
{
    private const int BufferSize = 1 << 18;

    /// <param name="what">The word in the progress line: <c>metadata</c>, <c>rootfs</c>.</param>
    /// <param name="sha256">Expected, hex; empty where the server does not tell.</param>
    /// <param name="size">Expected; 0 where not told.</param>
    public async Task FetchAsync(string url, ImagePart part, string what, string sha256, long size, CancellationToken ct)
    {
        part.HashAlone();
        var failures = 0;
        while (true)
        {
            var before = part.Length;
            var error = await TryAsync(url, part, what, size, ct).ConfigureAwait(false);
            if (error is null)
            {
                break;
            }

            failures = part.Length - before >= patience.Progress ? 0 : failures + 1;
            if (failures >= patience.Attempts)
            {
                throw ApiException.BadRequest($"Failed fetching {UrlLogin.Hide(url)}: {error.Message}", error);
            }

            await Task.Delay(patience.Pause * failures, ct).ConfigureAwait(false);
        }

        if (size > 0 && part.Length != size)
        {
            throw ApiException.BadRequest($"Failed fetching {UrlLogin.Hide(url)}: got {part.Length} bytes, expected {size}");
        }

        if (sha256.Length > 0 && part.OwnHash() is var got && got != sha256)
        {
            throw ApiException.BadRequest($"Hash mismatch for {UrlLogin.Hide(url)}: {got} != {sha256}");
        }
    }

    /// <summary>One connection; null when the whole body has come, else why it broke.</summary>
    private async Task<Exception?> TryAsync(string url, ImagePart part, string what, long size, CancellationToken ct)
    {
        using var stalled = CancellationTokenSource.CreateLinkedTokenSource(ct);
        stalled.CancelAfter(patience.Stall);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, url);
            if (part.Length > 0)
            {
                request.Headers.Range = new(part.Length, null);
            }

            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, stalled.Token).ConfigureAwait(false);
            if (part.Length > 0 && part.Length == size && response.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable)
            {
                return null;
            }

            if (!response.IsSuccessStatusCode)
            {
                var error = new ApiException((int)response.StatusCode, $"Failed fetching {UrlLogin.Hide(url)}: {((int)response.StatusCode).ToString(CultureInfo.InvariantCulture)} {response.ReasonPhrase}");
                return (int)response.StatusCode >= 500 ? error : throw error;
            }

            // A server that knows no ranges sends the beginning again: what is there already is passed over.
            var known = response.StatusCode == HttpStatusCode.PartialContent ? 0 : part.Length;
            var total = size > 0 ? size : response.Content.Headers.ContentLength + part.Length - known ?? 0;
            await using var body = await response.Content.ReadAsStreamAsync(stalled.Token).ConfigureAwait(false);
            await CopyAsync(body, part, known, new Meter(what, total, progress), size, stalled).ConfigureAwait(false);
            return null;
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            return e;
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return new TimeoutException("the server stopped sending");
        }
    }

    private async Task CopyAsync(Stream body, ImagePart part, long known, Meter meter, long limit, CancellationTokenSource stalled)
    {
        var buffer = new byte[BufferSize];
        int count;
        while ((count = await body.ReadAsync(buffer, stalled.Token).ConfigureAwait(false)) > 0)
        {
            stalled.CancelAfter(patience.Stall);
            var skip = (int)Math.Min(known, count);
            known -= skip;
            if (limit > 0 && part.Length + count - skip > limit)
            {
                throw ApiException.BadRequest($"The server sent more than the {limit} bytes it announced");
            }

            part.Write(buffer.AsSpan(skip, count - skip));
            meter.Show(part.Length);
        }
    }

    /// <summary>The progress line, twice a second.</summary>
    internal sealed class Meter(string what, long total, Action<string> progress)
    {
        private readonly Stopwatch _watch = Stopwatch.StartNew();
        private TimeSpan _shown;
        private long _first = -1;

        public void Show(long done)
        {
            _first = _first < 0 ? done : _first;
            if (_watch.Elapsed - _shown < TimeSpan.FromMilliseconds(500))
            {
                return;
            }

            _shown = _watch.Elapsed;
            var speed = Units.FormatBytesSi((long)((done - _first) / _watch.Elapsed.TotalSeconds));
            progress(total > 0 ? $"{what}: {(done * 100 / total).ToString(CultureInfo.InvariantCulture)}% ({speed}/s)" : $"{what}: {Units.FormatBytesSi(done)} ({speed}/s)");
        }
    }
}
