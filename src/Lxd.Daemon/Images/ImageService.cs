using Lxd.Core;
using Lxd.Core.Api;
using Lxd.Daemon.Events;
using Lxd.Daemon.Http;
using Lxd.Daemon.Projects;

namespace Lxd.Daemon.Images;

/// <summary>Images: found, taken up, changed and removed. Where they come from is in the parts beside this one.</summary>
internal sealed partial class ImageService(ImageStore store, AliasStore aliases, ImageFiles files, ImageServices with)
{
    private const int FingerprintLength = 64;
    private readonly ImageLocks _locks = new();
    private readonly EventHub _events = with.Events;
    private readonly ProjectService _projects = with.Projects;

    public ImageFiles Files => files;

    /// <summary>Removes what other domains made of an image (volumes of pools) that no project has any more; set by them.</summary>
    public Func<string, CancellationToken, Task> BeforeDelete { get; set; } = (_, _) => Task.CompletedTask;

    /// <summary>Makes of an image what other domains made of the one it replaces; set by them.</summary>
    public Func<string, string, CancellationToken, Task> BeforeReplace { get; set; } = (_, _, _) => Task.CompletedTask;

    public Task<string> ProjectAsync(string project, CancellationToken ct) => _projects.EffectiveAsync(project, "features.images", ct);

    public async Task<List<ImageRecord>> ListAsync(string project, CancellationToken ct) =>
        await store.ListAsync(await ProjectAsync(project, ct).ConfigureAwait(false), ct).ConfigureAwait(false);

    public Task<List<ImageRecord>> ListAllAsync(CancellationToken ct) => store.ListAsync(null, ct);

    /// <summary>By fingerprint or its unambiguous beginning.</summary>
    public async Task<ImageRecord> GetAsync(string project, string fingerprint, CancellationToken ct, int shortest = FingerprintPrefix.Shortest)
    {
        CheckFingerprint(fingerprint, shortest);
        var found = await store.FindAsync(await ProjectAsync(project, ct).ConfigureAwait(false), fingerprint, ct).ConfigureAwait(false);
        return found.Count switch
        {
            1 => found[0],
            0 => throw ApiException.NotFound("Image not found"),
            _ => throw ApiException.BadRequest("More than one image matches"),
        };
    }

    /// <summary>A bad request for what cannot be the beginning of a fingerprint.</summary>
    public static void CheckFingerprint(string prefix, int shortest = FingerprintPrefix.Shortest)
    {
        if (prefix.Length < shortest)
        {
            throw ApiException.BadRequest($"Image fingerprint prefix must contain {shortest} characters or more");
        }

        if (prefix.Length > FingerprintLength)
        {
            throw ApiException.BadRequest($"Image fingerprint cannot be longer than {FingerprintLength} characters");
        }

        if (!prefix.All(char.IsAsciiHexDigitLower))
        {
            throw ApiException.BadRequest("Failed validating image fingerprint: Hash must contain only lowercase hexadecimal characters");
        }
    }

    /// <summary>Makes an uploaded file an image. What the metadata says comes first, the user's properties over it.</summary>
    public async Task<ImageRecord> TakeUpAsync(ReceivedImage received, ImageRecord wanted, string expected, CancellationToken ct)
    {
        if (expected.Length > 0 && received.Fingerprint != expected)
        {
            throw ApiException.BadRequest($"Fingerprints don't match, got \"{received.Fingerprint}\" expected \"{expected}\"");
        }

        using var lease = await _locks.TakeAsync(received.Fingerprint, ct).ConfigureAwait(false);
        return await AdoptAsync(received, wanted, ownPropertiesOnly: false, ct).ConfigureAwait(false);
    }

    public async Task UpdateAsync(ImageRecord image, ImagePut put, string project, Caller caller, CancellationToken ct)
    {
        CheckPublic(image.Project, put.Public);
        await store.UpdateAsync(image, put, project, ct).ConfigureAwait(false);
        _events.Lifecycle("image-updated", image.Project, image.Url, caller.Requestor(), name: image.Fingerprint);
    }

    /// <summary>Strangers see the default project only, so no other project's image is for everybody.</summary>
    public static void CheckPublic(string project, bool isPublic)
    {
        if (isPublic && project != "default")
        {
            throw ApiException.BadRequest("Images can only be marked public in the default project");
        }
    }

    public async Task DeleteAsync(ImageRecord image, OperationRequestor? requestor, CancellationToken ct)
    {
        using (await _locks.TakeAsync(image.Fingerprint, ct).ConfigureAwait(false))
        {
            await store.DeleteAsync(image, ct).ConfigureAwait(false);
            await DropFilesAsync(image, CancellationToken.None).ConfigureAwait(false);
        }

        _events.Lifecycle("image-deleted", image.Project, image.Url, requestor, name: image.Fingerprint);
    }

    /// <summary>Gives an image names; one that another image has is a conflict.</summary>
    public async Task AddAliasesAsync(ImageRecord image, IEnumerable<ImageAlias> names, OperationRequestor? requestor, CancellationToken ct)
    {
        foreach (var alias in names)
        {
            await aliases.AddAsync(image.Project, alias.Name, alias.Description, image.Fingerprint, ct).ConfigureAwait(false);
            _events.Lifecycle("image-alias-created", image.Project, Names.Url(image.Project, "1.0", "images", "aliases", alias.Name), requestor, new() { ["target"] = image.Fingerprint }, alias.Name);
        }
    }

    /// <summary>Throws a conflict where one of the names is taken.</summary>
    public async Task CheckAliasesAsync(string project, IEnumerable<ImageAlias> names, CancellationToken ct)
    {
        var taken = (await aliases.ListAsync(project, ct).ConfigureAwait(false)).Select(a => a.Name).ToHashSet();
        if (names.FirstOrDefault(n => taken.Contains(n.Name)) is { } held)
        {
            throw ApiException.Conflict($"Alias already exists: {held.Name}");
        }
    }

    /// <summary>At start: files of images that a killed daemon left half done.</summary>
    public async Task CleanFilesAsync(CancellationToken ct)
    {
        var all = await store.OwnersAsync(ct).ConfigureAwait(false);
        foreach (var folder in files.All)
        {
            folder.Clean(all.Where(i => files.Reach(i.Project) == folder).Select(i => i.Fingerprint).ToHashSet());
        }
    }

    /// <summary>Files become an image's; call with the image locked. A conflict where the project has it.</summary>
    /// <param name="ownPropertiesOnly">Whether what the metadata says is left out.</param>
    private async Task<ImageRecord> AdoptAsync(ReceivedImage received, ImageRecord wanted, bool ownPropertiesOnly, CancellationToken ct)
    {
        if ((await store.FindAsync(wanted.Project, received.Fingerprint, ct).ConfigureAwait(false)).Count > 0)
        {
            throw ApiException.Conflict("Image with same fingerprint already exists");
        }

        var metadata = await ImageMetadataFile.ReadAsync(received.Meta, ct).ConfigureAwait(false);
        var properties = ownPropertiesOnly ? [] : new Dictionary<string, string>(metadata.Properties);
        foreach (var (key, value) in wanted.Properties)
        {
            properties[key] = value;
        }

        var image = wanted with
        {
            Fingerprint = received.Fingerprint,
            Filename = wanted.Filename.Length > 0 ? wanted.Filename : received.Filename.Length > 0 ? received.Filename : received.Fingerprint,
            Size = received.Size,
            Architecture = DatabaseCodes.Canonical(metadata.Architecture),
            CreatedAt = DateTime.UnixEpoch.AddSeconds(metadata.CreationDate),
            ExpiresAt = wanted.ExpiresAt != default ? wanted.ExpiresAt : metadata.ExpiryDate > 0 ? DateTime.UnixEpoch.AddSeconds(metadata.ExpiryDate) : default,
            Type = received.IsDisk || (received.Root is null && await ImageMetadataFile.IsDiskAsync(received.Meta, ct).ConfigureAwait(false)) ? "virtual-machine" : "container",
            Properties = properties,
        };
        var folder = files.Of(image.Project);
        var fresh = !folder.Has(image.Fingerprint);
        if (fresh)
        {
            folder.Adopt(received);
        }

        await using var undo = new Rollback();
        undo.Add(() => { if (fresh) { folder.Delete(image.Fingerprint); } });
        image = await RecordAsync(image, ct).ConfigureAwait(false);
        undo.Commit();
        return image;
    }

    /// <summary>The rows of an image whose files are there.</summary>
    private async Task<ImageRecord> RecordAsync(ImageRecord image, CancellationToken ct)
    {
        await with.Quota.CheckImageAsync(image.Project, image.Size, ct).ConfigureAwait(false);
        image = image with { Profiles = image.Profiles.Count > 0 ? image.Profiles : ["default"] };
        image = image with { Id = await store.AddAsync(image, ct).ConfigureAwait(false), UploadedAt = DateTime.UtcNow };
        _events.Lifecycle("image-created", image.Project, image.Url, null, new() { ["type"] = image.Type }, image.Fingerprint);
        return image;
    }

    /// <summary>Removes the files of an image that has no rows any more, where no other project shares them; call with the image locked.</summary>
    private async Task DropFilesAsync(ImageRecord image, CancellationToken ct)
    {
        var folder = files.Of(image.Project);
        var others = (await store.OwnersAsync(ct).ConfigureAwait(false)).Where(o => o.Fingerprint == image.Fingerprint).ToList();
        if (others.All(o => files.Reach(o.Project) != folder))
        {
            folder.Delete(image.Fingerprint);
        }

        if (others.Count == 0)
        {
            await BeforeDelete(image.Fingerprint, ct).ConfigureAwait(false);
        }
    }
}
