using System.Text;
using Lxd.Core;
using Lxd.Core.Api;
using Lxd.Linux.Archives;
using Lxd.Linux.Disks;

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
            var metadata = Metadata(source, post);
            await (source.Disk is { } disk
                ? PackDiskAsync(source, disk, received, metadata, compressor, post.Format == "split", progress, ct)
                : PackAsync(source, received, metadata, compressor, post.Format == "split", progress, ct)).ConfigureAwait(false);
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

    /// <summary>What goes before the root file system or the disk.</summary>
    private static List<PackItem> Describing(PublishSource source, ImageMetadata metadata)
    {
        var items = new List<PackItem> { PackItem.Text("metadata.yaml", Encoding.UTF8.GetBytes(Yaml.Format(metadata))) };
        if (Path.Exists(Path.Combine(source.Directory, "templates")))
        {
            items.Add(PackItem.Tree(Inside(source, "templates"), "templates"));
        }

        return items;
    }

    private static Action<long> Shown(Action<string> progress)
    {
        var shown = Environment.TickCount64;
        return bytes =>
        {
            if (Environment.TickCount64 - shown > 500)
            {
                shown = Environment.TickCount64;
                progress($"Image pack: {Units.FormatBytesSi(bytes)}");
            }
        };
    }

    /// <summary>The image of a virtual machine: its disk as qcow2, which is compressed already.</summary>
    private static async Task PackDiskAsync(PublishSource source, string disk, ReceivedImage received, ImageMetadata metadata, string compressor, bool split, Action<string> progress, CancellationToken ct)
    {
        var items = Describing(source, metadata);
        var packed = received.Scratch + ".img";
        await using var scratch = new Rollback();
        scratch.Add(() => File.Delete(packed));
        await Qcow2.PackAsync(disk, packed, ct).ConfigureAwait(false);
        received.IsDisk = true;
        if (!split)
        {
            items.Add(PackItem.Tree(packed, "rootfs.img"));
        }

        await using (var part = received.OpenMeta())
        {
            await Packer.PackAsync(part, compressor, items, Shown(progress), ct, received.Scratch).ConfigureAwait(false);
        }

        if (split)
        {
            await using var part = received.OpenRoot();
            await using var file = File.OpenRead(packed);
            await file.CopyToAsync(part, 1 << 20, ct).ConfigureAwait(false);
        }
    }

    private static async Task PackAsync(PublishSource source, ReceivedImage received, ImageMetadata metadata, string compressor, bool split, Action<string> progress, CancellationToken ct)
    {
        var items = Describing(source, metadata);
        var rootfs = Inside(source, "rootfs");
        if (!Directory.Exists(rootfs) || !Directory.EnumerateFileSystemEntries(rootfs).Any())
        {
            throw ApiException.BadRequest("Cannot publish an instance without a root file system");
        }

        var show = Shown(progress);
        if (!split)
        {
            items.Add(PackItem.Tree(rootfs, "rootfs", source.Shift));
        }

        await using (var part = received.OpenMeta())
        {
            await Packer.PackAsync(part, compressor, items, show, ct, received.Scratch).ConfigureAwait(false);
        }

        if (split)
        {
            await using var part = received.OpenRoot();
            await Packer.PackAsync(part, compressor, [PackItem.Tree(rootfs, ".", source.Shift)], show, ct, received.Scratch).ConfigureAwait(false);
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
