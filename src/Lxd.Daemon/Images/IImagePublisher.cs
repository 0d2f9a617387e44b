using Lxd.Linux.Archives;

namespace Lxd.Daemon.Images;

/// <summary>What an instance or snapshot gives to the image that is made of it.</summary>
/// <param name="Directory">The volume: <c>metadata.yaml</c>, <c>templates</c>, and a container's <c>rootfs</c>.</param>
/// <param name="Shift">How owners on disk become owners inside; null where they are the same.</param>
/// <param name="Disk">A virtual machine's disk; null for a container.</param>
internal sealed record PublishSource(string Directory, string Architecture, IdShift? Shift, string? Disk = null);

/// <summary>Opens instances for publishing; implemented by the instances domain.</summary>
internal interface IImagePublisher
{
    /// <summary>A stopped instance or a snapshot (<c>NAME/SNAP</c>). A bad request for a running one.</summary>
    Task<PublishSource> OpenAsync(string project, string name, CancellationToken ct);
}
