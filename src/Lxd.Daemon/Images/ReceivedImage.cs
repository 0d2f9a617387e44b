namespace Lxd.Daemon.Images;

/// <summary>Files that are about to become an image. Disposing removes those that did not.</summary>
internal sealed class ReceivedImage(string meta, string? root) : IDisposable
{
    public string Meta { get; } = meta;

    public string? Root { get; } = root;

    /// <summary>What the sender called it.</summary>
    public string Filename { get; init; } = "";

    /// <summary>The second file is the disk of a virtual machine.</summary>
    public bool IsDisk { get; init; }

    public IEnumerable<string> Files => Root is null ? [Meta] : [Meta, Root];

    public void Dispose()
    {
        File.Delete(Meta);
        if (Root is not null)
        {
            File.Delete(Root);
        }
    }
}
