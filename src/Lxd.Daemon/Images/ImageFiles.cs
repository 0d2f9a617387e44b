namespace Lxd.Daemon.Images;

/// <summary>Where the files of images are: in the server's directory, or in a volume that the configuration names for all or for a project.</summary>
internal sealed class ImageFiles(string directory)
{
    private readonly ImageFolder _default = new(directory);

    public ImageFolder Of(string project) => _default;

    /// <summary>The folder that has an image, whatever project it belongs to; null where none has.</summary>
    public ImageFolder? Find(string fingerprint) => _default.Has(fingerprint) ? _default : null;

    public IEnumerable<ImageFolder> All => [_default];
}
