using Lxd.Core.Api;

namespace Lxd.Daemon.Instances;

/// <summary>An image ready to be unpacked.</summary>
internal sealed record ResolvedImage(string Fingerprint, string Type, string Architecture, IReadOnlyDictionary<string, string> Properties, IReadOnlyList<string> Profiles);

/// <summary>Where instances get their images from.</summary>
internal interface IInstanceImages
{
    /// <summary>Finds, and where it lies on another server fetches, the image a source names. Throws not-found in LXD's words.</summary>
    Task<ResolvedImage> ResolveAsync(string project, InstanceSource source, string type, Action<string> progress, CancellationToken ct);
}

/// <summary>The templates that came with an image.</summary>
internal interface IInstanceTemplates
{
    /// <summary>Writes the files whose templates belong to the trigger (<c>create</c>, <c>copy</c>, <c>rename</c>, <c>start</c>).</summary>
    Task ApplyAsync(InstanceRecord instance, string volume, string trigger, CancellationToken ct);
}
