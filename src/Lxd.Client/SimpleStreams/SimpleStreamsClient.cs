using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Lxd.Core;
using Lxd.Core.Api;

namespace Lxd.Client.SimpleStreams;

/// <summary>Reads the index of a simplestreams image server. Index and products are read once and kept for <see cref="Freshness"/>.</summary>
public sealed class SimpleStreamsClient(HttpClient http, string server)
{
    public static readonly TimeSpan Freshness = TimeSpan.FromHours(1);
    private const int MaxIndexBytes = 64 << 20;
    private readonly SemaphoreSlim _lock = new(1, 1);
    private IReadOnlyList<StreamImage>? _images;
    private DateTime _read;

    public string Server { get; } = server.TrimEnd('/');

    /// <summary>All images, the newest version of each product first.</summary>
    public async Task<IReadOnlyList<StreamImage>> ListAsync(CancellationToken ct)
    {
        await _lock.WaitAsync(ct).ConfigureAwait(false);
        try
        {
            if (_images is null || DateTime.UtcNow - _read > Freshness)
            {
                _images = await ReadAsync(ct).ConfigureAwait(false);
                _read = DateTime.UtcNow;
            }

            return _images;
        }
        finally
        {
            _lock.Release();
        }
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

    /// <summary>Forgets what was read: the next call asks the server.</summary>
    public void Refresh() => _images = null;

    private async Task<IReadOnlyList<StreamImage>> ReadAsync(CancellationToken ct)
    {
        var index = await GetAsync("streams/v1/index.json", ct).ConfigureAwait(false);
        var images = new List<StreamImage>();
        foreach (var (_, entry) in index["index"] as JsonObject ?? [])
        {
            if ((string?)entry?["datatype"] != "image-downloads" || (string?)entry["path"] is not { } path)
            {
                continue;
            }

            var wanted = (entry["products"] as JsonArray)?.Select(p => (string?)p).ToHashSet();
            var products = await GetAsync(path, ct).ConfigureAwait(false);
            foreach (var (name, product) in products["products"] as JsonObject ?? [])
            {
                if (product is JsonObject map && (wanted is null || wanted.Contains(name)))
                {
                    images.AddRange(StreamProduct.Read(map));
                }
            }
        }

        return images;
    }

    private async Task<JsonObject> GetAsync(string path, CancellationToken ct)
    {
        try
        {
            using var response = await http.GetAsync($"{Server}/{path}", HttpCompletionOption.ResponseHeadersRead, ct).ConfigureAwait(false);
            if (!response.IsSuccessStatusCode)
            {
                throw new ApiException((int)response.StatusCode, $"Failed fetching {Server}/{path}: {((int)response.StatusCode).ToString(CultureInfo.InvariantCulture)} {response.ReasonPhrase}");
            }

            await response.Content.LoadIntoBufferAsync(MaxIndexBytes, ct).ConfigureAwait(false);
            return JsonNode.Parse(await response.Content.ReadAsByteArrayAsync(ct).ConfigureAwait(false)) as JsonObject ?? throw ApiException.BadRequest($"{Server}/{path} is not a JSON object");
        }
        catch (Exception e) when (e is JsonException or HttpRequestException)
        {
            throw ApiException.BadRequest($"Failed reading {Server}/{path}: {e.Message}", e);
        }
    }
}
