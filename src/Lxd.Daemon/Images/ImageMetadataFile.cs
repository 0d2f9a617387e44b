using System.Text;
using Lxd.Core;
using Lxd.Core.Api;
using Lxd.Linux.Archives;

namespace Lxd.Daemon.Images;

/// <summary><c>metadata.yaml</c> of an image.</summary>
internal static class ImageMetadataFile
{
    private const int MaxBytes = 1 << 20;

    /// <summary>Reads and checks it out of an image's first file. A bad request for a file that is no image.</summary>
    public static async Task<ImageMetadata> ReadAsync(string file, CancellationToken ct)
    {
        if (Archive.Detect(file) is ArchiveKind.Unknown or ArchiveKind.Qcow2)
        {
            throw ApiException.BadRequest("Unsupported compression");
        }

        byte[]? bytes;
        try
        {
            bytes = await Unpacker.ReadFileAsync(file, "metadata.yaml", MaxBytes, ct).ConfigureAwait(false);
        }
        catch (Exception e) when (e is InvalidDataException or IOException)
        {
            throw ApiException.BadRequest($"Could not read the image: {e.Message}", e);
        }

        return bytes is null ? throw ApiException.BadRequest("Metadata tarball is missing metadata.yaml") : Check(Yaml.To<ImageMetadata>(Encoding.UTF8.GetString(bytes)));
    }

    /// <summary>Whether a unified image is a disk, not a root file system.</summary>
    public static async Task<bool> IsDiskAsync(string file, CancellationToken ct) =>
        Archive.Detect(file).IsTar() && await Unpacker.FirstOfAsync(file, ["rootfs", "rootfs.img"], ct).ConfigureAwait(false) == "rootfs.img";

    private static bool IsTime(long seconds) => seconds is > -62_135_596_800 and < 253_402_300_800;

    private static ImageMetadata Check(ImageMetadata metadata)
    {
        if (metadata.Architecture.Length == 0)
        {
            throw ApiException.BadRequest("Missing image architecture");
        }

        DatabaseCodes.Architecture(metadata.Architecture);
        return metadata.CreationDate == 0 ? throw ApiException.BadRequest("Missing image creation date")
            : IsTime(metadata.CreationDate) && IsTime(metadata.ExpiryDate) ? metadata : throw ApiException.BadRequest("Invalid image creation or expiry date");
    }
}
