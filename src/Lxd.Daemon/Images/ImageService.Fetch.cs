using Lxd.Core;
using Lxd.Core.Api;
using Lxd.Daemon.Server;

namespace Lxd.Daemon.Images;

/// <summary>Images of other servers.</summary>
internal sealed partial class ImageService
{
    /// <summary>Set by the composition.</summary>
    public required ImageRemotes Remotes { get; init; }

    public ImageSettings Settings { get; } = new(with.Config, with.Projects);

    /// <summary>Takes over an image of another server because a user wants it here.</summary>
    public async Task<ImageRecord> CopyAsync(string project, ImagesPost post, Action<string> progress, CancellationToken ct)
    {
        project = await ProjectAsync(project, ct).ConfigureAwait(false);
        CheckPublic(project, post.Public);
        var offer = await FindAsync(project, post.Source, post.Source.ImageType, false, ct).ConfigureAwait(false);
        var image = await FetchAsync(offer, Wanted(project, post.Source, offer) with
        {
            Public = post.Public,
            AutoUpdate = post.AutoUpdate,
            Profiles = post.Profiles,
            ExpiresAt = post.ExpiresAt != default ? post.ExpiresAt : offer.Image.ExpiresAt,
            Filename = post.Filename.Length > 0 ? post.Filename : offer.Image.Filename,
            Properties = With(offer.Image.Properties, post.Properties),
        }, progress, ct).ConfigureAwait(false);
        if (image.Public != post.Public || image.AutoUpdate != post.AutoUpdate || post.Properties.Count > 0 || post.Profiles.Count > 0)
        {
            // It was here before: what the user asks for holds all the same.
            var put = image.Editable();
            put.Public |= post.Public;
            put.AutoUpdate |= post.AutoUpdate;
            put.Properties = With(put.Properties, post.Properties);
            put.Profiles = post.Profiles.Count > 0 ? post.Profiles : put.Profiles;
            await store.UpdateAsync(image, put, image.Project, ct).ConfigureAwait(false);
        }

        return image;
    }

    /// <summary>Has an image of a project in another one too.</summary>
    public async Task<ImageRecord> CopyWithinAsync(ImageRecord source, string project, ImagesPost post, CancellationToken ct)
    {
        CheckPublic(project, post.Public);
        var offer = new ImageOffer(source.Render(), (folder, _, token) => folder.CopyAsync(files.Of(source.Project), source, token));
        return await FetchAsync(offer, new ImageRecord(0, project, source.Fingerprint)
        {
            Public = post.Public,
            AutoUpdate = post.AutoUpdate,
            Profiles = post.Profiles,
            ExpiresAt = post.ExpiresAt != default ? post.ExpiresAt : source.ExpiresAt,
            Filename = source.Filename,
            Properties = With(source.Properties, post.Properties),
            Source = source.Source,
        }, _ => { }, ct).ConfigureAwait(false);
    }

    /// <summary>The image for an instance. One that is kept up to date is taken as it is, so that no server is asked.</summary>
    private async Task<ImageRecord> FetchForInstanceAsync(string project, ImagesPostSource source, string type, Action<string> progress, CancellationToken ct)
    {
        project = await ProjectAsync(project, ct).ConfigureAwait(false);
        if (source.Alias.Length > 0 && await Settings.UpdateIntervalAsync(project, ct).ConfigureAwait(false) > TimeSpan.Zero
            && await Settings.UpdatesCachedAsync(project, ct).ConfigureAwait(false) && await CachedAsync(project, source, type, ct).ConfigureAwait(false) is { } cached)
        {
            return cached;
        }

        var offer = await FindAsync(project, source, type, false, ct).ConfigureAwait(false);
        CheckType(offer.Image.Type, type);
        return await FetchAsync(offer, Wanted(project, source, offer) with { Cached = true, AutoUpdate = source.Alias.Length > 0 && await Settings.UpdatesCachedAsync(project, ct).ConfigureAwait(false) }, progress, ct)
            .ConfigureAwait(false);
    }

    private async Task<ImageRecord?> CachedAsync(string project, ImagesPostSource source, string type, CancellationToken ct)
    {
        var protocol = source.Protocol.Length > 0 ? source.Protocol : "lxd";
        return (await store.ListAsync(project, ct).ConfigureAwait(false))
            .Where(i => i.Source is { } s && s.Server.TrimEnd('/') == source.Server.TrimEnd('/') && s.Protocol == protocol && s.Alias == source.Alias && (type.Length == 0 || i.Type == type) && HostInfo.Architectures.Contains(i.Architecture))
            .MaxBy(i => i.UploadedAt);
    }

    private async Task<ImageOffer> FindAsync(string project, ImagesPostSource source, string type, bool fresh, CancellationToken ct)
    {
        var chosen = await Settings.ArchitectureAsync(project, ct).ConfigureAwait(false);
        IReadOnlyList<string> architectures = chosen.Length > 0 ? [DatabaseCodes.Canonical(chosen), .. HostInfo.Architectures] : HostInfo.Architectures;
        return await Remotes.FindAsync(source, type.Length > 0 ? type : "container", architectures, fresh, ct).ConfigureAwait(false);
    }

    private static ImageRecord Wanted(string project, ImagesPostSource source, ImageOffer offer) => new(0, project, offer.Image.Fingerprint)
    {
        Properties = offer.Image.Properties,
        ExpiresAt = offer.Image.ExpiresAt,
        LastUsedAt = DateTime.UtcNow,
        Filename = offer.Image.Filename,
        // A secret opens once: there is nothing to ask for later.
        Source = source.Secret.Length > 0 ? null : new ImageSource { Alias = source.Alias, Certificate = source.Certificate, Protocol = source.Protocol.Length > 0 ? source.Protocol : "lxd", Server = source.Server },
    };

    /// <summary>Has an image in a project: fetched once however many ask for it at the same time, and not at all where another project has its files.</summary>
    private async Task<ImageRecord> FetchAsync(ImageOffer offer, ImageRecord wanted, Action<string> progress, CancellationToken ct)
    {
        using var lease = await _locks.TakeAsync(wanted.Fingerprint, ct).ConfigureAwait(false);
        if ((await store.FindAsync(wanted.Project, wanted.Fingerprint, ct).ConfigureAwait(false)).FirstOrDefault() is { } present)
        {
            var keep = present.Cached && !wanted.Cached;
            await store.TouchAsync(present, keep, ct).ConfigureAwait(false);
            return present with { Cached = present.Cached && !keep };
        }

        var folder = files.Of(wanted.Project);
        var others = await store.FindAsync(null, wanted.Fingerprint, ct).ConfigureAwait(false);
        if (folder.Has(wanted.Fingerprint) && others.Find(i => files.Reach(i.Project) == folder) is { } same)
        {
            return await RecordAsync(wanted with { Size = same.Size, Architecture = same.Architecture, Type = same.Type, CreatedAt = same.CreatedAt }, ct).ConfigureAwait(false);
        }

        var near = others.Find(i => files.Reach(i.Project)?.Has(i.Fingerprint) == true);
        using var received = await (near is null ? offer.Fetch(folder, progress, ct) : folder.CopyAsync(files.Of(near.Project), near, ct)).ConfigureAwait(false);
        return received.Fingerprint == wanted.Fingerprint
            ? await AdoptAsync(received, wanted, ownPropertiesOnly: true, ct).ConfigureAwait(false)
            : throw ApiException.BadRequest($"Image fingerprint doesn't match: got {received.Fingerprint}, expected {wanted.Fingerprint}");
    }

    private static Dictionary<string, string> With(Dictionary<string, string> properties, Dictionary<string, string> more)
    {
        var all = new Dictionary<string, string>(properties);
        foreach (var (key, value) in more)
        {
            all[key] = value;
        }

        return all;
    }
}
