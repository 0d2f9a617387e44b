using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Lxd.Core;
using Lxd.Core.Api;

namespace Lxd.Client.SimpleStreams;

/// <summary>Reads the index of a simplestreams image server. Index and products are read once and kept for <see cref="Freshness"/>, in memory and, with a cache, on disk;
/// while the server is away what was kept is used however old it is, but for a refresh.</summary>
public sealed class SimpleStreamsClient(HttpClient http, string server, StreamCache? cache = null)
{
    public static readonly TimeSpan Freshness = TimeSpan.FromHours(1);
    private const int MaxIndexBytes = 64 << 20;
    private readonly SemaphoreSlim _lock = new(1, 1);
    private IReadOnlyList<StreamImage>? _images;
    private long _read;
    private volatile bool _stale;

    public string Server { get; } = server.TrimEnd('/');

    /// <summary>Longest time without a byte of an index.</summary>
    public TimeSpan Stall { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>All images, the newest version of each product first.</summary>
    public async Task<IReadOnlyList<StreamImage>> ListAsync(CancellationToken ct)
    {
        await _lock.WaitAsync(ct).ConfigureAwait(false);
        try
        {
            if (_images is null || _stale || Stopwatch.GetElapsedTime(_read) > Freshness)
            {
                _images = await ReadAsync(ct).ConfigureAwait(false);
                _read = Stopwatch.GetTimestamp();
                _stale = false;
            }

            return _images;
        }
        finally
        {
            _lock.Release();
        }
    }

    /// <summary>The images as a list for people: a name that several architectures share belongs to the first of these that has it; the others have it with their architecture.</summary>
    public async Task<IReadOnlyList<Image>> ListAsync(IReadOnlyList<string> architectures, CancellationToken ct)
    {
        var all = await ListAsync(ct).ConfigureAwait(false);
        int Rank(Image image) => architectures.ToList().IndexOf(image.Architecture) is >= 0 and var at ? at : architectures.Count;
        var owners = new Dictionary<(string, string), Image>();
        foreach (var image in all.Select(i => i.Image).OrderBy(Rank))
        {
            foreach (var alias in image.Aliases)
            {
                owners.TryAdd((image.Type, alias.Name), image);
            }
        }

        return [.. all.Select(i => i.Image with { Aliases = [.. i.Image.Aliases.Where(a => ReferenceEquals(owners[(i.Image.Type, a.Name)], i.Image))] })];
    }

    /// <summary>The image of an alias (<c>ubuntu/22.04</c>, <c>ubuntu/22.04/arm64</c>) or of the beginning of a fingerprint.</summary>
    /// <param name="type"><c>container</c>, <c>virtual-machine</c>, or empty for any.</param>
    /// <param name="architectures">LXD's names, the preferred one first: which one an alias means that names none.</param>
    public async Task<StreamImage?> FindAsync(string name, string type, IReadOnlyList<string> architectures, CancellationToken ct)
    {
        var images = (await ListAsync(ct).ConfigureAwait(false)).Where(i => type.Length == 0 || i.Image.Type == type).ToList();
        foreach (var architecture in architectures.Append(""))
        {
            var found = images.FirstOrDefault(i => (architecture.Length == 0 || i.Image.Architecture == architecture) && i.Image.Aliases.Any(a => a.Name == name));
            if (found is not null)
            {
                return found;
            }
        }

        return name.Length >= 3 && name.All(char.IsAsciiHexDigitLower) ? images.FirstOrDefault(i => i.Image.Fingerprint.StartsWith(name, StringComparison.Ordinal)) : null;
    }

    /// <summary>Writes a file of an image into a stream. Throws where it is not the one the index tells of.</summary>
    public async Task CopyAsync(StreamFile file, Stream output, CancellationToken ct)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var url = $"{Server}/{file.Path}";
        await ReadAsync(url, bytes =>
        {
            hash.AppendData(bytes.Span);
            return output.WriteAsync(bytes, ct);
        }, ct).ConfigureAwait(false);
        if (Convert.ToHexStringLower(hash.GetHashAndReset()) != file.Sha256)
        {
            throw ApiException.BadRequest($"Hash mismatch for {UrlLogin.Hide(url)}");
        }
    }

    /// <summary>The next call asks the server.</summary>
    public void Refresh() => _stale = true;

    private async Task<IReadOnlyList<StreamImage>> ReadAsync(CancellationToken ct)
    {
        var index = await GetAsync("streams/v1/index.json", ct).ConfigureAwait(false);
        var images = new List<StreamImage>();
        foreach (var entry in index.Members("index"))
        {
            if (entry.Value.Text("datatype") != "image-downloads" || entry.Value.Text("path") is not { } path || !StreamProduct.IsPath(path))
            {
                continue;
            }

            var wanted = entry.Value.TryGetProperty("products", out var names) && names.ValueKind == JsonValueKind.Array ? names.EnumerateArray().Select(n => n.ToString()).ToHashSet() : null;
            var products = await GetAsync(path, ct).ConfigureAwait(false);
            foreach (var product in products.Members("products"))
            {
                if (product.Value.ValueKind == JsonValueKind.Object && (wanted is null || wanted.Contains(product.Name)))
                {
                    images.AddRange(Read(product.Value));
                }
            }
        }

        return images;
    }

    private async Task<JsonElement> GetAsync(string path, CancellationToken ct)
    {
        var url = $"{Server}/{path.TrimStart('/')}";
        var kept = cache?.Find(url);
        if (kept is { } fresh && fresh.Age < Freshness && !_stale && Parse(fresh.Content) is { } known)
        {
            return known;
        }

        try
        {
            var bytes = await DownloadAsync(url, ct).ConfigureAwait(false);
            var parsed = Parse(bytes) ?? throw ApiException.BadRequest($"{UrlLogin.Hide(url)} is not a JSON object");
            cache?.Keep(url, bytes);
            return parsed;
        }
        catch (ApiException) when (!_stale && kept is { } stale && Parse(stale.Content) is not null)
        {
            return Parse(kept!.Value.Content)!.Value;
        }
    }

    private async Task<byte[]> DownloadAsync(string url, CancellationToken ct)
    {
        using var result = new MemoryStream();
        await ReadAsync(url, bytes =>
        {
            if (result.Length + bytes.Length > MaxIndexBytes)
            {
                throw ApiException.BadRequest($"{UrlLogin.Hide(url)} is larger than an index may be");
            }

            result.Write(bytes.Span);
            return ValueTask.CompletedTask;
        }, ct).ConfigureAwait(false);
        return result.ToArray();
    }

    /// <summary>Hands on what an address gives, piece by piece.</summary>
    private async Task ReadAsync(string url, Func<ReadOnlyMemory<byte>, ValueTask> take, CancellationToken ct)
    {
        using var stalled = CancellationTokenSource.CreateLinkedTokenSource(ct);
        stalled.CancelAfter(Stall);
        try
        {
            using var response = await http.GetAsync(url, HttpCompletionOption.ResponseHeadersRead, stalled.Token).ConfigureAwait(false);
            if (!response.IsSuccessStatusCode)
            {
                throw new ApiException((int)response.StatusCode, $"Failed fetching {UrlLogin.Hide(url)}: {((int)response.StatusCode).ToString(CultureInfo.InvariantCulture)} {response.ReasonPhrase}");
            }

            await using var body = await response.Content.ReadAsStreamAsync(stalled.Token).ConfigureAwait(false);
            var buffer = new byte[1 << 18];
            int count;
            while ((count = await body.ReadAsync(buffer, stalled.Token).ConfigureAwait(false)) > 0)
            {
                stalled.CancelAfter(Stall);
                await take(buffer.AsMemory(0, count)).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw ApiException.BadRequest($"Failed fetching {UrlLogin.Hide(url)}: {e.Message}", e);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            throw ApiException.BadRequest($"Failed fetching {UrlLogin.Hide(url)}: the server stopped sending");
        }
    }

    /// <summary>One product that makes no sense does not hide the others.</summary>
    private static List<StreamImage> Read(JsonElement product)
    {
        try
        {
            return [.. StreamProduct.Read(product)];
        }
        catch (Exception e) when (e is InvalidOperationException or OverflowException)
        {
            return [];
        }
    }

    private static JsonElement? Parse(byte[] bytes)
    {
        try
        {
            return JsonDocument.Parse(bytes, new JsonDocumentOptions { AllowDuplicateProperties = false }).RootElement is { ValueKind: JsonValueKind.Object } map ? map : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
