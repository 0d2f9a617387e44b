using System.Security.Cryptography;

namespace Lxd.Daemon.Images;

/// <summary>Files that are about to become an image, hashed while they come. Disposing removes those that did not.</summary>
internal sealed class ReceivedImage(string meta, string root) : IDisposable
{
    private readonly IncrementalHash _combined = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private string? _fingerprint;

    /// <summary>The metadata, or the whole of a unified image.</summary>
    public string Meta { get; } = meta;

    /// <summary>The root file system or disk of a split image; null for a unified one.</summary>
    public string? Root { get; private set; }

    /// <summary>A file beside it for whoever makes it.</summary>
    public string Scratch => Meta + ".scratch";

    /// <summary>What the sender called it.</summary>
    public string Filename { get; set; } = "";

    /// <summary>The second file is the disk of a virtual machine.</summary>
    public bool IsDisk { get; set; }

    public IEnumerable<string> Files => Root is null ? [Meta] : [Meta, Root];

    public long Size => Files.Sum(f => new FileInfo(f).Length);

    /// <summary>SHA-256 of the file, or of both one after the other. Call when all has come.</summary>
    public string Fingerprint => _fingerprint ??= Convert.ToHexStringLower(_combined.GetHashAndReset());

    /// <summary>Begins the first file.</summary>
    public ImagePart OpenMeta() => new(Meta, _combined);

    /// <summary>Begins the second file; the first has to be complete.</summary>
    public ImagePart OpenRoot()
    {
        Root = root;
        return new ImagePart(root, _combined);
    }

    public void Dispose()
    {
        File.Delete(Meta);
        File.Delete(root);
        _combined.Dispose();
    }
}
