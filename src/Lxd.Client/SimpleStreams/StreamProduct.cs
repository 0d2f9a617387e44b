using System.Globalization;
using System.Text.Json.Nodes;
using Lxd.Core.Api;

namespace Lxd.Client.SimpleStreams;

/// <summary>Turns a product of a simplestreams tree into images.</summary>
internal static class StreamProduct
{
    private static readonly Dictionary<string, string> Architectures = new()
    {
        ["amd64"] = "x86_64", ["i386"] = "i686", ["arm64"] = "aarch64", ["armhf"] = "armv7l", ["armel"] = "armv7l", ["ppc64el"] = "ppc64le", ["powerpc"] = "ppc", ["s390x"] = "s390x", ["riscv64"] = "riscv64",
    };

    /// <summary>Root file systems in the order of preference, with the key of the fingerprint in the metadata item.</summary>
    private static readonly (string Type, string Combined, string Image)[] Roots =
    [
        ("squashfs", "combined_squashfs_sha256", "container"),
        ("root.tar.xz", "combined_rootxz_sha256", "container"),
        ("disk-kvm.img", "combined_disk-kvm-img_sha256", "virtual-machine"),
        ("uefi1.img", "combined_uefi1-img_sha256", "virtual-machine"),
        ("disk1.img", "combined_disk1-img_sha256", "virtual-machine"),
    ];

    public static IEnumerable<StreamImage> Read(JsonObject product)
    {
        if (product["versions"] is not JsonObject versions)
        {
            yield break;
        }

        var newest = true;
        foreach (var (version, body) in versions.OrderByDescending(v => v.Key, StringComparer.Ordinal))
        {
            var found = false;
            foreach (var (fingerprint, meta, root, type) in Variants(body?["items"] as JsonObject ?? []))
            {
                found = true;
                yield return new StreamImage(Describe(product, version, fingerprint, meta, root, type, newest), File(meta), root is null ? null : File(root));
            }

            newest &= !found;
        }
    }

    private static IEnumerable<(string Fingerprint, JsonObject Meta, JsonObject? Root, string Type)> Variants(JsonObject items)
    {
        var all = items.Select(i => i.Value).OfType<JsonObject>().ToList();
        if (all.Find(i => Text(i, "ftype") == "lxd_combined.tar.gz") is { } combined && Text(combined, "sha256").Length > 0)
        {
            yield return (Text(combined, "sha256"), combined, null, "container");
            yield break;
        }

        if (all.Find(i => Text(i, "ftype") is "lxd.tar.xz" or "incus.tar.xz") is not { } meta)
        {
            yield break;
        }

        foreach (var type in (string[])["container", "virtual-machine"])
        {
            foreach (var (ftype, key, _) in Roots.Where(r => r.Image == type))
            {
                var fingerprint = Text(meta, key) is { Length: > 0 } own ? own : ftype == "squashfs" ? Text(meta, "combined_sha256") : "";
                if (fingerprint.Length > 0 && all.Find(i => Text(i, "ftype") == ftype) is { } root)
                {
                    yield return (fingerprint, meta, root, type);
                    break;
                }
            }
        }
    }

    private static Image Describe(JsonObject product, string version, string fingerprint, JsonObject meta, JsonObject? root, string type, bool newest)
    {
        var arch = Text(product, "arch");
        var os = Text(product, "os");
        var release = Text(product, "release");
        var variant = Text(product, "variant");
        var title = Text(product, "release_title") is { Length: > 0 } t ? t : release;
        var label = Text(product, "label");
        var description = $"{os} {title} {arch}{(label.Length > 0 ? $" ({label})" : "")} ({version})".Trim();
        var properties = new Dictionary<string, string>
        {
            ["architecture"] = arch, ["description"] = description, ["os"] = os, ["release"] = release, ["serial"] = version,
            ["type"] = root is null ? "tar.gz" : Text(root, "ftype"),
        };
        foreach (var (key, value) in ((string, string)[])[("label", label), ("version", Text(product, "version")), ("variant", variant)])
        {
            if (value.Length > 0)
            {
                properties[key] = value;
            }
        }

        return new Image
        {
            Fingerprint = fingerprint,
            Architecture = Architectures.GetValueOrDefault(arch, arch),
            Type = type,
            Public = true,
            Cached = false,
            Filename = Path.GetFileName(Text(meta, "path")),
            Size = Number(meta, "size") + (root is null ? 0 : Number(root, "size")),
            Properties = properties,
            Aliases = newest ? Aliases(product, arch) : [],
            CreatedAt = Day(version),
            UploadedAt = Day(version),
            ExpiresAt = DateTime.TryParse(Text(product, "support_eol"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var end) ? end : default,
        };
    }

    /// <summary>Each alias as it is, and followed by the architecture.</summary>
    private static List<ImageAlias> Aliases(JsonObject product, string arch) =>
        [.. Text(product, "aliases").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).SelectMany(a => (string[])[a, $"{a}/{arch}"]).Distinct().Select(a => new ImageAlias { Name = a })];

    private static DateTime Day(string version) =>
        version.Length >= 8 && DateTime.TryParseExact(version[..8], "yyyyMMdd", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var day) ? day : default;

    private static StreamFile File(JsonObject item) => new(Text(item, "path"), Text(item, "sha256"), Number(item, "size"));

    private static string Text(JsonObject map, string key) => map[key] is JsonValue value && value.TryGetValue<string>(out var text) ? text : "";

    private static long Number(JsonObject map, string key) => map[key] is JsonValue value && value.TryGetValue<long>(out var number) ? number : 0;
}
