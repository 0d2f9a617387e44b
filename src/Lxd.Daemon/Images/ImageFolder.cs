namespace Lxd.Daemon.Images;

/// <summary>A directory of images: <c>FINGERPRINT</c> and, for split images, <c>FINGERPRINT.rootfs</c>. What is being received has a name of its own that a restart removes.</summary>
internal sealed record ImageFolder(string Directory)
{
    private const string Partial = "lxd_partial_";

    public string Meta(string fingerprint) => Path.Combine(Directory, fingerprint);

    public string Root(string fingerprint) => Path.Combine(Directory, fingerprint + ".rootfs");

    public bool IsSplit(string fingerprint) => File.Exists(Root(fingerprint));

    public bool Has(string fingerprint) => File.Exists(Meta(fingerprint));

    /// <summary>A name for a file that is needed for a while.</summary>
    public string Scratch() => Path.Combine(Directory, Partial + Guid.NewGuid().ToString("N"));

    /// <summary>The place for an image to come.</summary>
    public ReceivedImage Receive()
    {
        var name = Scratch();
        return new ReceivedImage(name, name + ".rootfs");
    }

    /// <summary>An image of another folder.</summary>
    public async Task<ReceivedImage> CopyAsync(ImageFolder from, ImageRecord image, CancellationToken ct)
    {
        var received = Receive();
        try
        {
            received.IsDisk = image.Type == "virtual-machine";
            await CopyAsync(from.Meta(image.Fingerprint), received.OpenMeta(), ct).ConfigureAwait(false);
            if (from.IsSplit(image.Fingerprint))
            {
                await CopyAsync(from.Root(image.Fingerprint), received.OpenRoot(), ct).ConfigureAwait(false);
            }

            return received;
        }
        catch
        {
            received.Dispose();
            throw;
        }
    }

    private static async Task CopyAsync(string path, ImagePart part, CancellationToken ct)
    {
        await using (part)
        {
            await using var file = File.OpenRead(path);
            await file.CopyToAsync(part, 1 << 20, ct).ConfigureAwait(false);
        }
    }

    /// <summary>Makes received files an image's.</summary>
    public void Adopt(ReceivedImage received)
    {
        if (received.Root is { } root)
        {
            File.Move(root, Root(received.Fingerprint), true);
        }

        File.Move(received.Meta, Meta(received.Fingerprint), true);
    }

    public void Delete(string fingerprint)
    {
        File.Delete(Meta(fingerprint));
        File.Delete(Root(fingerprint));
    }

    /// <summary>Removes what a killed daemon left: half files, and files of no image.</summary>
    public void Clean(IReadOnlySet<string> known)
    {
        foreach (var file in System.IO.Directory.GetFiles(Directory))
        {
            if (!known.Contains(Path.GetFileName(file).Split('.')[0]))
            {
                File.Delete(file);
            }
        }
    }
}
