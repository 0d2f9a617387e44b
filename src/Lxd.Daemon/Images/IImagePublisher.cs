using Lxd.Linux.Archives;

namespace Lxd.Daemon.Images;

/// <summary>What an instance or snapshot gives to the image that is made of it.</summary>
/// <param name="Directory">The volume: <c>rootfs</c>, <c>metadata.yaml</c>, <c>templates</c>.</param>
/// <param name="Shift">How owners on disk become owners inside; null where they are the same.</param>
internal sealed record PublishSource(string Directory, string Architecture, IdShift? Shift);

/// <summary>Opens instances for publishing; implemented by the instances domain.</summary>
internal interface IImagePublisher
{
    /// <summary>A stopped instance or a snapshot (<c>NAME/SNAP</c>). A bad request for a running one.</summary>
    Task<PublishSource> OpenAsync(string project, string name, CancellationToken ct);
}
