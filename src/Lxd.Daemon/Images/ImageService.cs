using Lxd.Core;
using Lxd.Core.Api;
using Lxd.Daemon.Events;
using Lxd.Daemon.Http;
using Lxd.Daemon.Projects;

namespace Lxd.Daemon.Images;

/// <summary>Images: found, taken up, changed and removed. Where they come from is in the parts beside this one.</summary>
internal sealed partial class ImageService(ImageStore store, AliasStore aliases, ImageFiles files, ImageServices with)
{
    private readonly EventHub _events = with.Events;
    private readonly ProjectService _projects = with.Projects;

    public ImageFiles Files => files;

    /// <summary>Removes what other domains made of an image (volumes of pools); set by the storage domain.</summary>
    public Func<string, CancellationToken, Task> BeforeDelete { get; set; } = (_, _) => Task.CompletedTask;

    public Task<string> ProjectAsync(string project, CancellationToken ct) => _projects.EffectiveAsync(project, "features.images", ct);

    public async Task<List<ImageRecord>> ListAsync(string project, CancellationToken ct) =>
        await store.ListAsync(await ProjectAsync(project, ct).ConfigureAwait(false), ct).ConfigureAwait(false);

    public Task<List<ImageRecord>> ListAllAsync(CancellationToken ct) => store.ListAsync(null, ct);

    /// <summary>By fingerprint or its unambiguous beginning.</summary>
    public async Task<ImageRecord> GetAsync(string project, string fingerprint, CancellationToken ct)
    {
        if (fingerprint.Length == 0 || !fingerprint.All(char.IsAsciiHexDigit))
        {
            throw ApiException.NotFound("Image not found");
        }

        var found = (await ListAsync(project, ct).ConfigureAwait(false)).Where(i => i.Fingerprint.StartsWith(fingerprint, StringComparison.OrdinalIgnoreCase)).ToList();
        return found.Count switch
        {
            1 => found[0],
            0 => throw ApiException.NotFound("Image not found"),
            _ => throw ApiException.BadRequest("More than one image matches"),
        };
    }

    /// <summary>Makes received files an image. What the metadata says comes first, the user's properties over it.</summary>
    public async Task<ImageRecord> TakeUpAsync(ReceivedImage received, ImageRecord wanted, string expected, CancellationToken ct)
    {
        var metadata = await ImageFiles.ReadMetadataAsync(received.Meta, ct).ConfigureAwait(false);
        var fingerprint = await ImageFiles.HashAsync(received.Files, ct).ConfigureAwait(false);
        if (expected.Length > 0 && fingerprint != expected)
        {
            throw ApiException.BadRequest($"Fingerprints don't match, got \"{fingerprint}\" expected \"{expected}\"");
        }

        var properties = new Dictionary<string, string>(metadata.Properties);
        foreach (var (key, value) in wanted.Properties)
        {
            properties[key] = value;
        }

        var image = wanted with
        {
            Fingerprint = fingerprint,
            Filename = received.Filename.Length > 0 ? received.Filename : wanted.Filename.Length > 0 ? wanted.Filename : fingerprint,
            Size = received.Files.Sum(f => new FileInfo(f).Length),
            Architecture = DatabaseCodes.Canonical(metadata.Architecture),
            CreatedAt = DateTime.UnixEpoch.AddSeconds(metadata.CreationDate),
            ExpiresAt = wanted.ExpiresAt != default ? wanted.ExpiresAt : metadata.ExpiryDate > 0 ? DateTime.UnixEpoch.AddSeconds(metadata.ExpiryDate) : default,
            Type = received.IsDisk ? "virtual-machine" : "container",
            Properties = properties,
        };
        await with.Quota.CheckImageAsync(image.Project, image.Size, ct).ConfigureAwait(false);
        return await RecordAsync(image, received, ct).ConfigureAwait(false);
    }

    public async Task UpdateAsync(ImageRecord image, ImagePut put, Caller caller, CancellationToken ct)
    {
        await store.UpdateAsync(image, put, ct).ConfigureAwait(false);
        _events.Lifecycle("image-updated", image.Project, image.Url, caller.Requestor(), name: image.Fingerprint);
    }

    public async Task DeleteAsync(ImageRecord image, OperationRequestor? requestor, CancellationToken ct)
    {
        if (!await store.DeleteAsync(image, ct).ConfigureAwait(false))
        {
            files.Delete(image.Fingerprint);
            await BeforeDelete(image.Fingerprint, ct).ConfigureAwait(false);
        }

        _events.Lifecycle("image-deleted", image.Project, image.Url, requestor, name: image.Fingerprint);
    }

    /// <summary>Gives an image names; one that another image has is a conflict.</summary>
    public async Task AddAliasesAsync(ImageRecord image, IEnumerable<ImageAlias> names, CancellationToken ct)
    {
        foreach (var alias in names)
        {
            await aliases.AddAsync(image.Project, alias.Name, alias.Description, image.Fingerprint, ct).ConfigureAwait(false);
            _events.Lifecycle("image-alias-created", image.Project, Names.Url("default", "1.0", "images", "aliases", alias.Name), null, name: alias.Name);
        }
    }

    /// <summary>Throws a conflict where one of the names is taken.</summary>
    public async Task CheckAliasesAsync(string project, IEnumerable<ImageAlias> names, CancellationToken ct)
    {
        var taken = (await aliases.ListAsync(project, ct).ConfigureAwait(false)).Select(a => a.Name).ToHashSet();
        if (names.FirstOrDefault(n => taken.Contains(n.Name)) is { } double_)
        {
            throw ApiException.Conflict($"Alias already exists: {double_.Name}");
        }
    }

    public Task<List<ImageAliasesEntry>> AliasesAsync(string project, CancellationToken ct) => aliases.ListAsync(project, ct);

    /// <summary>Half files of a killed daemon go; cached images unused for long and images past their time go.</summary>
    public async Task CleanFilesAsync(CancellationToken ct) => files.Clean((await store.FingerprintsAsync(ct).ConfigureAwait(false)).ToHashSet());

    public async Task PruneAsync(CancellationToken ct)
    {
        var days = with.Config.Number("images.remote_cache_expiry");
        foreach (var image in (await store.ListAsync(null, ct).ConfigureAwait(false)).Where(i => i.Cached))
        {
            var used = image.LastUsedAt != default ? image.LastUsedAt : image.UploadedAt;
            if (days > 0 && used.AddDays(days) < DateTime.UtcNow)
            {
                await DeleteAsync(image, null, ct).ConfigureAwait(false);
            }
        }

        foreach (var image in (await store.ListAsync(null, ct).ConfigureAwait(false)).Where(i => i.ExpiresAt != default && i.ExpiresAt < DateTime.UtcNow && i.Cached))
        {
            await DeleteAsync(image, null, ct).ConfigureAwait(false);
        }
    }

    private async Task<ImageRecord> RecordAsync(ImageRecord image, ReceivedImage received, CancellationToken ct)
    {
        // The row decides a race between two uploads of one image; its files go where they are before anyone can look for them.
        var fresh = !files.Exists(image.Fingerprint);
        if ((await store.ListAsync(image.Project, ct).ConfigureAwait(false)).Find(i => i.Fingerprint == image.Fingerprint) is not null)
        {
            throw ApiException.Conflict("Image with same fingerprint already exists");
        }

        if (fresh)
        {
            files.Adopt(image.Fingerprint, received.Meta, received.Root);
        }

        try
        {
            image = image with { Id = await store.AddAsync(image, ct).ConfigureAwait(false), UploadedAt = DateTime.UtcNow };
        }
        catch
        {
            if (fresh && !(await store.FingerprintsAsync(CancellationToken.None).ConfigureAwait(false)).Contains(image.Fingerprint))
            {
                files.Delete(image.Fingerprint);
            }

            throw;
        }

        _events.Lifecycle("image-created", image.Project, image.Url, null, new() { ["type"] = image.Type }, image.Fingerprint);
        return image;
    }
}
