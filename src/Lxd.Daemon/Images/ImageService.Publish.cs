using System.Text;
using Lxd.Core;
using Lxd.Core.Api;
using Lxd.Linux.Archives;

namespace Lxd.Daemon.Images;

/// <summary>Images made of instances.</summary>
internal sealed partial class ImageService
{
    /// <summary>Packing takes all of the machine: one after the other is faster than several side by side.</summary>
    private readonly SemaphoreSlim _packing = new(1, 1);

    /// <summary>Opens instances; set by the instances domain.</summary>
    public IImagePublisher? Publisher { get; set; }

    public async Task<ImageRecord> PublishAsync(string project, ImagesPost post, Action<string> progress, CancellationToken ct)
    {
        var publisher = Publisher ?? throw ApiException.NotImplemented();
        var target = await ProjectAsync(project, ct).ConfigureAwait(false);
        CheckPublic(target, post.Public);
        var compressor = post.CompressionAlgorithm.Length > 0 ? post.CompressionAlgorithm : await Settings.CompressorAsync(target, ct).ConfigureAwait(false);
        Packer.CheckCompressor(compressor);
        CheckFormat(post.Format);
        await _packing.WaitAsync(ct).ConfigureAwait(false);
        try
        {
            var source = await publisher.OpenAsync(project, post.Source.Name, ct).ConfigureAwait(false);
            using var received = files.Of(target).Receive();
            await PackAsync(source, received, Metadata(source, post), compressor, post.Format == "split", progress, ct).ConfigureAwait(false);
            received.Filename = post.Filename;
            var wanted = new ImageRecord(0, target, "") { Public = post.Public, AutoUpdate = post.AutoUpdate, Profiles = post.Profiles, Properties = post.Properties, ExpiresAt = post.ExpiresAt };
            return await TakeUpAsync(received, wanted, "", ct).ConfigureAwait(false);
        }
        finally
        {
            _packing.Release();
        }
    }

    public static void CheckFormat(string format)
    {
        if (format is not ("" or "unified" or "split"))
        {
            throw ApiException.BadRequest($"Invalid image format \"{format}\"");
        }
    }

    private static async Task PackAsync(PublishSource source, ReceivedImage received, ImageMetadata metadata, string compressor, bool split, Action<string> progress, CancellationToken ct)
    {
        var items = new List<PackItem> { PackItem.Text("metadata.yaml", Encoding.UTF8.GetBytes(Yaml.Format(metadata))) };
        if (Path.Exists(Path.Combine(source.Directory, "templates")))
        {
            items.Add(PackItem.Tree(Inside(source, "templates"), "templates"));
        }

        var rootfs = Inside(source, "rootfs");
        var shown = Environment.TickCount64;
        void Show(long bytes)
        {
            if (Environment.TickCount64 - shown > 500)
            {
                shown = Environment.TickCount64;
                progress($"Image pack: {Units.FormatBytesSi(bytes)}");
            }
        }

        if (!split)
        {
            items.Add(PackItem.Tree(rootfs, "rootfs", source.Shift));
        }

        await using (var part = received.OpenMeta())
        {
            await Packer.PackAsync(part, compressor, items, Show, ct, received.Scratch).ConfigureAwait(false);
        }

        if (split)
        {
            await using var part = received.OpenRoot();
            await Packer.PackAsync(part, compressor, [PackItem.Tree(rootfs, ".", source.Shift)], Show, ct, received.Scratch).ConfigureAwait(false);
        }
    }

    /// <summary>Something beside the root file system. The volume may come from an image of strangers: a link would lead to the host's files.</summary>
    private static string Inside(PublishSource source, string name)
    {
        var path = Path.Combine(source.Directory, name);
        return new FileInfo(path).LinkTarget is null ? path : throw ApiException.Internal($"openat {name}: path escapes from parent");
    }

    private static ImageMetadata Metadata(PublishSource source, ImagesPost post)
    {
        var file = Inside(source, "metadata.yaml");
        var old = File.Exists(file) ? Yaml.To<ImageMetadata>(File.ReadAllText(file)) : new ImageMetadata();
        return new ImageMetadata
        {
            Architecture = source.Architecture,
            CreationDate = DateTimeOffset.UtcNow.ToUnixTimeSeconds(),
            ExpiryDate = post.ExpiresAt == default ? 0 : new DateTimeOffset(post.ExpiresAt).ToUnixTimeSeconds(),
            Properties = post.Properties.Count > 0 ? post.Properties : old.Properties,
            Templates = old.Templates,
        };
    }
}
