using System.Globalization;
using System.Text.Json.Nodes;
using Lxd.Core;
using Lxd.Core.Api;

namespace Lxd.Client.SimpleStreams;

/// <summary>Turns a product of a simplestreams tree into images.</summary>
internal static class StreamProduct
{
    /// <summary>Root file systems in the order of preference, with the key of the fingerprint in the metadata item.</summary>
    private static readonly (string Type, string Combined, string Image)[] Roots =
    [
        ("squashfs", "combined_squashfs_sha256", "container"),
        ("root.tar.xz", "combined_rootxz_sha256", "container"),
        ("disk-kvm.img", "combined_disk-kvm-img_sha256", "virtual-machine"),
        ("uefi1.img", "combined_uefi1-img_sha256", "virtual-machine"),
        ("disk1.img", "combined_disk1-img_sha256", "virtual-machine"),
    ];

    /// <summary>The newest first; only the newest, and of its files the preferred, of a type has the product's aliases.</summary>
    public static IEnumerable<StreamImage> Read(JsonObject product)
    {
        var all = (product["versions"] as JsonObject ?? []).OrderByDescending(v => v.Key, StringComparer.Ordinal)
            .Select(v => (Version: v.Key, Variants: Variants(v.Value?["items"] as JsonObject ?? []).ToList())).ToList();
        var fingerprints = all.ToDictionary(v => v.Version, v => v.Variants.ToDictionary(x => x.Kind, x => x.Fingerprint));
        var named = new HashSet<string>();
        foreach (var (version, variants) in all)
        {
            foreach (var variant in variants)
            {
                yield return new StreamImage(Describe(product, version, variant, named.Add(variant.Type)), File(variant.Meta), variant.Root is null ? null : File(variant.Root))
                {
                    Deltas = [.. variant.Deltas.Select(d => new StreamDelta(File(d), fingerprints.GetValueOrDefault(Text(d, "delta_base"))?.GetValueOrDefault(variant.Kind) ?? "")).Where(d => d.Base.Length > 0)],
                };
            }
        }
    }

    private static IEnumerable<Variant> Variants(JsonObject items)
    {
        var all = items.Select(i => i.Value).OfType<JsonObject>().Where(i => IsPath(Text(i, "path"))).ToList();
        if (all.Find(i => Text(i, "ftype") == "lxd_combined.tar.gz") is { } combined && IsHash(Text(combined, "sha256")))
        {
            yield return new Variant("container", Text(combined, "sha256"), combined, null, []);
            yield break;
        }

        if (all.Find(i => Text(i, "ftype") is "lxd.tar.xz" or "incus.tar.xz") is not { } meta)
        {
            yield break;
        }

        foreach (var (ftype, key, type) in Roots)
        {
            var fingerprint = Text(meta, key) is { Length: > 0 } own ? own : ftype == "squashfs" ? Text(meta, "combined_sha256") : "";
            if (IsHash(fingerprint) && all.Find(i => Text(i, "ftype") == ftype) is { } root)
            {
                yield return new Variant(type, fingerprint, meta, root, [.. all.Where(i => Text(i, "ftype") == ftype + ".vcdiff")]);
            }
        }
    }

    /// <summary>Fingerprints become names of files.</summary>
    private static bool IsHash(string text) => text.Length == 64 && text.All(char.IsAsciiHexDigitLower);

    /// <summary>Below the server: versions have colons in them (<c>20260101_07:42</c>), but only an address has one in its first part.</summary>
    internal static bool IsPath(string path) => path.Length > 0 && !path.StartsWith('/') && !path.Contains("..", StringComparison.Ordinal) && !path.Split('/')[0].Contains(':');

    private static Image Describe(JsonObject product, string version, Variant variant, bool named)
    {
        var arch = Text(product, "arch");
        return new Image
        {
            Fingerprint = variant.Fingerprint,
            Architecture = DatabaseCodes.Canonical(arch),
            Type = variant.Type,
            Public = true,
            Filename = Path.GetFileName(Text(variant.Meta, "path")),
            Size = Number(variant.Meta, "size") + (variant.Root is null ? 0 : Number(variant.Root, "size")),
            Properties = Properties(product, version, variant),
            Aliases = named ? Aliases(product, arch) : [],
            CreatedAt = Day(version),
            UploadedAt = Day(version),
            ExpiresAt = DateTime.TryParse(Text(product, "support_eol"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var end) ? end : default,
            ReleaseCodename = Text(product, "release_codename"),
            ReleaseTitle = Text(product, "release_title"),
        };
    }

    private static Dictionary<string, string> Properties(JsonObject product, string version, Variant variant)
    {
        var (os, release, label, kind) = (Text(product, "os"), Text(product, "release"), Text(product, "label"), Text(product, "variant"));
        var title = Text(product, "release_title") is { Length: > 0 } t ? t : release;
        var properties = new Dictionary<string, string>
        {
            ["architecture"] = Text(product, "arch"), ["os"] = os, ["release"] = release, ["serial"] = version, ["type"] = variant.Root is null ? "tar.gz" : Text(variant.Root, "ftype"),
            ["description"] = $"{os} {title} {Text(product, "arch")} ({(label.Length > 0 ? label + ") (" : "")}{version})",
        };
        foreach (var (key, value) in ((string, string)[])[("label", label), ("version", Text(product, "version")), ("variant", kind)])
        {
            if (value.Length > 0)
            {
                properties[key] = value;
            }
        }

        foreach (var (key, value) in (product["requirements"] ?? product["lxd_requirements"]) as JsonObject ?? [])
        {
            properties["requirements." + key] = value?.ToString() ?? "";
        }

        return properties;
    }

    /// <summary>Each alias as it is, and followed by the architecture.</summary>
    private static List<ImageAlias> Aliases(JsonObject product, string arch) =>
        [.. Text(product, "aliases").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).SelectMany(a => (string[])[a, $"{a}/{arch}"]).Distinct().Select(a => new ImageAlias { Name = a })];

    private static DateTime Day(string version) =>
        version.Length >= 8 && DateTime.TryParseExact(version[..8], "yyyyMMdd", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var day) ? day : default;

    private static StreamFile File(JsonObject item) => new(Text(item, "path"), Text(item, "sha256"), Number(item, "size"));

    private static string Text(JsonObject map, string key) => map[key] is JsonValue value && value.TryGetValue<string>(out var text) ? text : "";

    private static long Number(JsonObject map, string key) => map[key] is JsonValue value && value.TryGetValue<long>(out var number) ? number : 0;

    private sealed record Variant(string Type, string Fingerprint, JsonObject Meta, JsonObject? Root, IReadOnlyList<JsonObject> Deltas)
    {
        /// <summary>What tells the variants of a version apart.</summary>
        public string Kind => Root is null ? "" : Text(Root, "ftype");
    }
}
