using Lxd.Daemon.Storage.DaemonFiles;

namespace Lxd.Daemon.Images;

/// <summary>Where the files of images are: in the server's directory, or in a volume that the configuration names for all or for a project.</summary>
internal sealed class ImageFiles(DaemonFolder folder)
{
    /// <summary>Two projects share their images' files where the folders are equal.</summary>
    public ImageFolder Of(string project) => new(folder.Of(project));

    /// <summary>The folder that has an image, whatever project it belongs to; null where none has.</summary>
    public ImageFolder? Find(string fingerprint) => All.FirstOrDefault(f => f.Has(fingerprint));

    /// <summary>All that can be reached now.</summary>
    public IEnumerable<ImageFolder> All => folder.All.Select(directory => new ImageFolder(directory));

    /// <summary>The same of projects as for <see cref="Of"/>, where its place may be out of reach.</summary>
    public ImageFolder? Reach(string project) => folder.Find(folder.VolumeOf(project)) is { } directory ? new(directory) : null;
}
