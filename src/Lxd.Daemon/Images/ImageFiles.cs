using System.Security.Cryptography;
using System.Text;
using Lxd.Core;
using Lxd.Core.Api;
using Lxd.Linux.Archives;

namespace Lxd.Daemon.Images;

/// <summary>The files of images: <c>images/FINGERPRINT</c> and, for split images, <c>images/FINGERPRINT.rootfs</c>. What is being received has a name of its own that
/// a restart removes.</summary>
internal sealed class ImageFiles(string directory)
{
    private const int MaxMetadata = 1 << 20;
    private const string Partial = "lxd_partial_";

    public string Meta(string fingerprint) => Path.Combine(directory, fingerprint);

    public string Root(string fingerprint) => Path.Combine(directory, fingerprint + ".rootfs");

    public bool IsSplit(string fingerprint) => File.Exists(Root(fingerprint));

    public bool Exists(string fingerprint) => File.Exists(Meta(fingerprint));

    public string NewPartial() => Path.Combine(directory, Partial + Guid.NewGuid().ToString("N"));

    /// <summary>Makes received files an image's.</summary>
    public void Adopt(string fingerprint, string meta, string? root)
    {
        if (root is not null)
        {
            File.Move(root, Root(fingerprint), true);
        }

        File.Move(meta, Meta(fingerprint), true);
    }

    public void Delete(string fingerprint)
    {
        File.Delete(Meta(fingerprint));
        File.Delete(Root(fingerprint));
    }

    /// <summary>Removes what a killed daemon left: half files, and files of no image.</summary>
    public void Clean(IReadOnlySet<string> known)
    {
        foreach (var file in Directory.GetFiles(directory))
        {
            if (!known.Contains(Path.GetFileName(file).Split('.')[0]))
            {
                File.Delete(file);
            }
        }
    }

    /// <summary>SHA-256 of the file, or of both one after the other.</summary>
    public static async Task<string> HashAsync(IEnumerable<string> files, CancellationToken ct)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[1 << 20];
        foreach (var file in files)
        {
            await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.Read, 0, FileOptions.Asynchronous | FileOptions.SequentialScan);
            int count;
            while ((count = await stream.ReadAsync(buffer, ct).ConfigureAwait(false)) > 0)
            {
                hash.AppendData(buffer, 0, count);
            }
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>Reads <c>metadata.yaml</c> out of an image and checks it. A bad request for a file that is no image.</summary>
    public static async Task<ImageMetadata> ReadMetadataAsync(string file, CancellationToken ct)
    {
        if (Archive.Detect(file) is ArchiveKind.Unknown or ArchiveKind.Qcow2)
        {
            throw ApiException.BadRequest("Unsupported compression");
        }

        byte[]? bytes;
        try
        {
            bytes = await Unpacker.ReadFileAsync(file, "metadata.yaml", MaxMetadata, ct).ConfigureAwait(false);
        }
        catch (Exception e) when (e is InvalidDataException or IOException)
        {
            throw ApiException.BadRequest($"Could not read the image: {e.Message}", e);
        }

        if (bytes is null)
        {
            throw ApiException.BadRequest("Metadata tarball is missing metadata.yaml");
        }

        var metadata = Yaml.To<ImageMetadata>(Encoding.UTF8.GetString(bytes));
        if (metadata.Architecture.Length == 0)
        {
            throw ApiException.BadRequest("Missing image architecture");
        }

        DatabaseCodes.Architecture(metadata.Architecture);
        if (metadata.CreationDate == 0)
        {
            throw ApiException.BadRequest("Missing image creation date");
        }

        return metadata;
    }
}
