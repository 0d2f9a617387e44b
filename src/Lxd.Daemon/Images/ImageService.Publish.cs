using System.Text;
using Lxd.Core;
using Lxd.Core.Api;
using Lxd.Linux.Archives;

namespace Lxd.Daemon.Images;

/// <summary>Images made of instances.</summary>
internal sealed partial class ImageService
{
    /// <summary>Opens instances; set by the instances domain.</summary>
    public IImagePublisher? Publisher { get; set; }

    public async Task<ImageRecord> PublishAsync(string project, ImagesPost post, Action<string> progress, CancellationToken ct)
    {
        var publisher = Publisher ?? throw ApiException.NotImplemented();
        var compressor = post.CompressionAlgorithm.Length > 0 ? post.CompressionAlgorithm : with.Config.Get("images.compression_algorithm");
        Packer.CheckCompressor(compressor);
        var source = await publisher.OpenAsync(project, post.Source.Name, ct).ConfigureAwait(false);
        var metadata = Metadata(source, post);
        var partial = files.NewPartial();
        using var received = new ReceivedImage(partial, null) { Filename = post.Filename };
        await using (var output = new FileStream(partial, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Options = FileOptions.Asynchronous, BufferSize = 1 << 20, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite }))
        {
            var items = new List<PackItem> { PackItem.Text("metadata.yaml", Encoding.UTF8.GetBytes(Yaml.Format(metadata))) };
            if (Directory.Exists(Path.Combine(source.Directory, "templates")))
            {
                items.Add(PackItem.Tree(Path.Combine(source.Directory, "templates"), "templates"));
            }

            items.Add(PackItem.Tree(Path.Combine(source.Directory, "rootfs"), "rootfs", source.Shift));
            await Packer.PackAsync(output, compressor, items, bytes => progress($"Image pack: {Units.FormatBytesSi(bytes)}"), ct).ConfigureAwait(false);
        }

        var wanted = new ImageRecord(0, await ProjectAsync(project, ct).ConfigureAwait(false), "") { Public = post.Public, AutoUpdate = post.AutoUpdate, Profiles = post.Profiles, Properties = post.Properties, ExpiresAt = post.ExpiresAt };
        return await TakeUpAsync(received, wanted, "", ct).ConfigureAwait(false);
    }

    private static ImageMetadata Metadata(PublishSource source, ImagesPost post)
    {
        var file = Path.Combine(source.Directory, "metadata.yaml");
        if (new FileInfo(file).LinkTarget is not null)
        {
            throw ApiException.Internal("openat metadata.yaml: path escapes from parent");
        }

        var old = File.Exists(file) ? Yaml.To<ImageMetadata>(File.ReadAllText(file)) : new ImageMetadata();
        var properties = post.Properties.Count > 0 ? post.Properties : old.Properties;
        return new ImageMetadata
        {
            Architecture = source.Architecture,
            CreationDate = DateTimeOffset.UtcNow.ToUnixTimeSeconds(),
            ExpiryDate = post.ExpiresAt == default ? 0 : new DateTimeOffset(post.ExpiresAt).ToUnixTimeSeconds(),
            Properties = properties,
            Templates = old.Templates,
        };
    }
}
