using System.Collections.Concurrent;
using Lxd.Client.SimpleStreams;
using Lxd.Core;
using Lxd.Core.Api;
using Lxd.Core.Config;
using Lxd.Daemon.Server;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace Lxd.Daemon.Images;

/// <summary>Images of other servers.</summary>
internal sealed partial class ImageService
{
    private readonly ConcurrentDictionary<string, Lazy<Task<ImageRecord>>> _fetching = new();

    /// <summary>Set by the composition.</summary>
    public required ImageRemotes Remotes { get; init; }

    /// <summary>Takes over an image of another server, once however many ask for it at the same time.</summary>
    /// <param name="keep">Asked for by a user; else it is cached for an instance.</param>
    public async Task<ImageRecord> FetchAsync(string project, ImagesPostSource source, string type, bool keep, ImagesPost? wishes, Action<string> progress, CancellationToken ct)
    {
        project = await ProjectAsync(project, ct).ConfigureAwait(false);
        var name = source.Alias.Length > 0 ? source.Alias : source.Fingerprint;
        var remote = source.Protocol == "simplestreams"
            ? await StreamAsync(source, name, type, ct).ConfigureAwait(false)
            : new StreamImage(await Remotes.DescribeAsync(source, name, ct).ConfigureAwait(false), new StreamFile("", "", 0), null);
        var fingerprint = remote.Image.Fingerprint;
        if ((await store.ListAsync(project, ct).ConfigureAwait(false)).Find(i => i.Fingerprint == fingerprint) is { } present)
        {
            await store.TouchAsync(present, keep && present.Cached, ct).ConfigureAwait(false);
            return present with { Cached = present.Cached && !keep };
        }

        var wanted = new ImageRecord(0, project, fingerprint)
        {
            Cached = !keep,
            Public = wishes?.Public ?? false,
            AutoUpdate = wishes is { } w ? w.AutoUpdate : with.Config.IsTrue("images.auto_update_cached"),
            Properties = wishes is { Properties.Count: > 0 } own ? own.Properties : remote.Image.Properties,
            Profiles = wishes?.Profiles ?? [],
            ExpiresAt = wishes is { ExpiresAt: var end } && end != default ? end : remote.Image.ExpiresAt,
            LastUsedAt = DateTime.UtcNow,
            Filename = remote.Image.Filename,
            Source = source.Secret.Length > 0 ? null : new ImageSource { Alias = source.Alias, Certificate = source.Certificate, Protocol = source.Protocol.Length > 0 ? source.Protocol : "lxd", Server = source.Server },
        };
        var key = $"{project}/{fingerprint}";
        var fetch = _fetching.GetOrAdd(key, _ => new Lazy<Task<ImageRecord>>(() => Task.Run(() => DownloadAsync(remote, source, wanted, progress, ct), CancellationToken.None)));
        try
        {
            return await fetch.Value.WaitAsync(ct).ConfigureAwait(false);
        }
        finally
        {
            _fetching.TryRemove(key, out _);
        }
    }

    /// <summary>Looks for a newer image under the alias it came by; returns whether there was one.</summary>
    public async Task<bool> RefreshAsync(ImageRecord image, Action<string> progress, CancellationToken ct)
    {
        if (image.Source is not { Alias.Length: > 0 } source)
        {
            return false;
        }

        var from = new ImagesPostSource { Type = "image", Mode = "pull", Server = source.Server, Protocol = source.Protocol, Certificate = source.Certificate, Alias = source.Alias };
        if (source.Protocol == "simplestreams")
        {
            Remotes.Streams(source.Server).Refresh();
        }

        var next = await FetchAsync(image.Project, from, image.Type, true, new ImagesPost { AutoUpdate = image.AutoUpdate, Public = image.Public, Profiles = image.Profiles }, progress, ct).ConfigureAwait(false);
        if (next.Fingerprint == image.Fingerprint)
        {
            return false;
        }

        await store.ReplaceAsync(image, next.Id, ct).ConfigureAwait(false);
        if (!(await store.FingerprintsAsync(ct).ConfigureAwait(false)).Contains(image.Fingerprint))
        {
            files.Delete(image.Fingerprint);
            await BeforeDelete(image.Fingerprint, ct).ConfigureAwait(false);
        }

        return true;
    }

    /// <summary>One round of the automatic updates.</summary>
    public async Task UpdateAllAsync(CancellationToken ct)
    {
        foreach (var image in (await store.ListAsync(null, ct).ConfigureAwait(false)).Where(i => i.AutoUpdate && i.Source is not null))
        {
            try
            {
                await RefreshAsync(image, _ => { }, ct).ConfigureAwait(false);
            }
            catch (ApiException)
            {
                // A server that is away today is asked again at the next round.
            }
        }
    }

    private async Task<StreamImage> StreamAsync(ImagesPostSource source, string name, string type, CancellationToken ct)
    {
        var preferred = with.Config.Get("images.default_architecture") is { Length: > 0 } own ? DatabaseCodes.Canonical(own) : DatabaseCodes.HostArchitecture;
        return await Remotes.Streams(source.Server).FindAsync(name, type.Length > 0 ? type : source.ImageType.Length > 0 ? source.ImageType : "container", [preferred, .. HostInfo.Architectures], ct).ConfigureAwait(false)
            ?? throw ApiException.NotFound($"Requested image couldn't be found for instance: Failed getting remote image info: The requested image \"{name}\" couldn't be found");
    }

    private async Task<ImageRecord> DownloadAsync(StreamImage remote, ImagesPostSource source, ImageRecord wanted, Action<string> progress, CancellationToken ct)
    {
        if (source.Protocol != "simplestreams")
        {
            using var fetched = await ExportAsync(source, wanted.Fingerprint, progress, ct).ConfigureAwait(false);
            return await TakeUpAsync(fetched, wanted, wanted.Fingerprint, ct).ConfigureAwait(false);
        }

        var download = new ImageDownload(Remotes.Client(""), progress);
        var server = ImageRemotes.CheckHttps(source.Server);
        using var received = new ReceivedImage(files.NewPartial(), remote.Root is null ? null : files.NewPartial()) { IsDisk = remote.Image.Type == "virtual-machine" };
        await download.FetchAsync($"{server}/{remote.Meta.Path}", received.Meta, "metadata", remote.Meta.Sha256, remote.Meta.Size, ct).ConfigureAwait(false);
        if (remote.Root is { } root)
        {
            await download.FetchAsync($"{server}/{root.Path}", received.Root!, "rootfs", root.Sha256, root.Size, ct).ConfigureAwait(false);
        }

        return await TakeUpAsync(received, wanted, wanted.Fingerprint, ct).ConfigureAwait(false);
    }

    /// <summary>Fetches the files of an image of another LXD server.</summary>
    private async Task<ReceivedImage> ExportAsync(ImagesPostSource source, string fingerprint, Action<string> progress, CancellationToken ct)
    {
        var query = new List<string>();
        if (source.Project.Length > 0)
        {
            query.Add("project=" + Uri.EscapeDataString(source.Project));
        }

        if (source.Secret.Length > 0)
        {
            query.Add("secret=" + Uri.EscapeDataString(source.Secret));
        }

        var url = $"{ImageRemotes.CheckHttps(source.Server)}/1.0/images/{fingerprint}/export{(query.Count > 0 ? "?" + string.Join('&', query) : "")}";
        var meta = files.NewPartial();
        var root = files.NewPartial();
        try
        {
            using var response = await Remotes.Client(source.Certificate).GetAsync(url, HttpCompletionOption.ResponseHeadersRead, ct).ConfigureAwait(false);
            if (!response.IsSuccessStatusCode)
            {
                throw new ApiException((int)response.StatusCode, $"Failed fetching the image: {response.ReasonPhrase}");
            }

            await using var body = await response.Content.ReadAsStreamAsync(ct).ConfigureAwait(false);
            var type = response.Content.Headers.ContentType;
            if (type?.MediaType != "multipart/form-data")
            {
                await SaveAsync(body, meta, progress, ct).ConfigureAwait(false);
                return new ReceivedImage(meta, null) { Filename = response.Content.Headers.ContentDisposition?.FileName?.Trim('"') ?? "" };
            }

            var boundary = HeaderUtilities.RemoveQuotes(type.Parameters.First(p => p.Name == "boundary").Value).Value!;
            var reader = new MultipartReader(boundary, body) { BodyLengthLimit = null };
            var first = await reader.ReadNextSectionAsync(ct).ConfigureAwait(false) ?? throw ApiException.BadRequest("Invalid multipart image");
            await SaveAsync(first.Body, meta, progress, ct).ConfigureAwait(false);
            var second = await reader.ReadNextSectionAsync(ct).ConfigureAwait(false) ?? throw ApiException.BadRequest("Invalid multipart image");
            await SaveAsync(second.Body, root, progress, ct).ConfigureAwait(false);
            return new ReceivedImage(meta, root) { IsDisk = second.ContentDisposition?.Contains("rootfs.img", StringComparison.Ordinal) == true };
        }
        catch (Exception e)
        {
            File.Delete(meta);
            File.Delete(root);
            throw e is HttpRequestException or IOException ? ApiException.BadRequest($"Failed fetching the image: {e.Message}", e) : e;
        }
    }

    private static async Task SaveAsync(Stream body, string path, Action<string> progress, CancellationToken ct)
    {
        await using var file = new FileStream(path, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Options = FileOptions.Asynchronous, BufferSize = 0, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite });
        var buffer = new byte[1 << 20];
        var last = Environment.TickCount64;
        int count;
        while ((count = await body.ReadAsync(buffer, ct).ConfigureAwait(false)) > 0)
        {
            await file.WriteAsync(buffer.AsMemory(0, count), ct).ConfigureAwait(false);
            if (Environment.TickCount64 - last > 500)
            {
                last = Environment.TickCount64;
                progress($"image: {Units.FormatBytesSi(file.Length)}");
            }
        }
    }
}
