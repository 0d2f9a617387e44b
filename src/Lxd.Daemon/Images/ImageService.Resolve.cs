using Lxd.Core;
using Lxd.Core.Api;
using Lxd.Daemon.Instances;

namespace Lxd.Daemon.Images;

/// <summary>Which image an instance is to be made of.</summary>
internal sealed partial class ImageService : IInstanceImages
{
    public async Task<ResolvedImage> ResolveAsync(string project, InstanceSource source, string type, Action<string> progress, CancellationToken ct)
    {
        var image = source.Server.Length > 0 ? await FromServerAsync(project, source, type, progress, ct).ConfigureAwait(false) : await LocalAsync(source.Project.Length > 0 ? source.Project : project, source, type, ct).ConfigureAwait(false);
        CheckType(image.Type, type);
        await store.TouchAsync(image, false, ct).ConfigureAwait(false);
        return new ResolvedImage(image.Fingerprint, image.Type, image.Architecture, image.Properties, image.Profiles);
    }

    /// <param name="type">What the image has to be for; empty for anything.</param>
    private static void CheckType(string image, string type)
    {
        if (type.Length > 0 && image != type)
        {
            throw ApiException.BadRequest($"Requested image's type \"{image}\" doesn't match instance type \"{type}\"");
        }
    }

    /// <summary>By fingerprint, alias, or properties that all have to match (the newest of them).</summary>
    private async Task<ImageRecord> LocalAsync(string project, InstanceSource source, string type, CancellationToken ct)
    {
        if (source.Fingerprint.Length > 0)
        {
            return await GetAsync(project, source.Fingerprint, ct).ConfigureAwait(false);
        }

        if (source.Alias.Length > 0)
        {
            var effective = await ProjectAsync(project, ct).ConfigureAwait(false);
            var alias = (await aliases.ListAsync(effective, ct).ConfigureAwait(false)).Find(a => a.Name == source.Alias);
            return await GetAsync(project, alias?.Target ?? source.Alias, ct).ConfigureAwait(false);
        }

        if (source.Properties.Count > 0)
        {
            return (await ListAsync(project, ct).ConfigureAwait(false)).Where(i => (type.Length == 0 || i.Type == type) && source.Properties.All(p => i.Properties.GetValueOrDefault(p.Key) == p.Value)).MaxBy(i => i.UploadedAt)
                ?? throw ApiException.NotFound("No matching image could be found");
        }

        throw ApiException.BadRequest("Must specify one of alias, fingerprint or properties for init from image");
    }

    private Task<ImageRecord> FromServerAsync(string project, InstanceSource source, string type, Action<string> progress, CancellationToken ct) => FetchForInstanceAsync(project, new ImagesPostSource
    {
        Type = "image",
        Mode = "pull",
        Server = source.Server,
        Protocol = source.Protocol.Length > 0 ? source.Protocol : "lxd",
        Certificate = source.Certificate,
        Alias = source.Alias,
        Fingerprint = source.Fingerprint,
        Secret = source.Secret,
        ImageType = type,
        Project = source.Project,
    }, type, progress, ct);
}
