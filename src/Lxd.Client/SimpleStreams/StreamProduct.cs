using System.Globalization;
using System.Text.Json;
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
    public static IEnumerable<StreamImage> Read(JsonElement product)
    {
        var all = product.Members("versions").OrderByDescending(v => v.Name, StringComparer.Ordinal)
            .Select(v => (Version: v.Name, Variants: Variants(v.Value.Members("items")).ToList())).ToList();
        var fingerprints = all.ToDictionary(v => v.Version, v => v.Variants.ToDictionary(x => x.Kind, x => x.Fingerprint));
        var named = new HashSet<string>();
        foreach (var (version, variants) in all)
        {
            foreach (var variant in variants)
            {
                yield return new StreamImage(Describe(product, version, variant, named.Add(variant.Type)), File(variant.Meta), variant.Root is { } root ? File(root) : null)
                {
                    Deltas = [.. variant.Deltas.Select(d => new StreamDelta(File(d), fingerprints.GetValueOrDefault(d.Text("delta_base"))?.GetValueOrDefault(variant.Kind) ?? "")).Where(d => d.Base.Length > 0)],
                };
            }
        }
    }

    private static IEnumerable<Variant> Variants(IEnumerable<JsonProperty> items)
    {
        var all = items.Select(i => (Type: i.Value.Text("ftype"), Item: i.Value)).Where(i => IsPath(i.Item.Text("path"))).ToList();
        JsonElement? Find(string type) => all.FindIndex(i => i.Type == type) is >= 0 and var at ? all[at].Item : null;
        if (Find("lxd_combined.tar.gz") is { } combined && IsHash(combined.Text("sha256")))
        {
            yield return new Variant("container", combined.Text("sha256"), combined, null, []);
            yield break;
        }

        if ((Find("lxd.tar.xz") ?? Find("incus.tar.xz")) is not { } meta)
        {
            yield break;
        }

        foreach (var (ftype, key, type) in Roots)
        {
            var fingerprint = meta.Text(key) is { Length: > 0 } own ? own : ftype == "squashfs" ? meta.Text("combined_sha256") : "";
            if (IsHash(fingerprint) && Find(ftype) is { } root)
            {
                yield return new Variant(type, fingerprint, meta, root, [.. all.Where(i => i.Type == ftype + ".vcdiff").Select(i => i.Item)]);
            }
        }
    }

    /// <summary>Fingerprints become names of files.</summary>
    private static bool IsHash(string text) => text.Length == 64 && text.All(char.IsAsciiHexDigitLower);

    /// <summary>Below the server: versions have colons in them (<c>20260101_07:42</c>), but only an address has one in its first part.</summary>
    internal static bool IsPath(string path) => path.Length > 0 && !path.StartsWith('/') && !path.Contains("..", StringComparison.Ordinal) && !path.Split('/')[0].Contains(':');

    private static Image Describe(JsonElement product, string version, Variant variant, bool named)
    {
        var arch = product.Text("arch");
        return new Image
        {
            Fingerprint = variant.Fingerprint,
            Architecture = DatabaseCodes.Canonical(arch),
            Type = variant.Type,
            Public = true,
            Filename = Path.GetFileName(variant.Meta.Text("path")),
            Size = variant.Meta.Number("size") + (variant.Root?.Number("size") ?? 0),
            Properties = Properties(product, version, variant),
            Aliases = named ? Aliases(product, arch) : [],
            CreatedAt = Day(version),
            UploadedAt = Day(version),
            ExpiresAt = DateTime.TryParse(product.Text("support_eol"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var end) ? end : default,
            ReleaseCodename = product.Text("release_codename"),
            ReleaseTitle = product.Text("release_title"),
        };
    }

    private static Dictionary<string, string> Properties(JsonElement product, string version, Variant variant)
    {
        var (os, release, label, kind) = (product.Text("os"), product.Text("release"), product.Text("label"), product.Text("variant"));
        var title = product.Text("release_title") is { Length: > 0 } t ? t : release;
        var properties = new Dictionary<string, string>
        {
            ["architecture"] = product.Text("arch"), ["os"] = os, ["release"] = release, ["serial"] = version, ["type"] = variant.Root?.Text("ftype") ?? "tar.gz",
            ["description"] = string.Join(' ', ((string[])[os, title, kind.Length > 0 ? $"({kind})" : "", label.Length > 0 ? $"({label})" : ""]).Where(p => p.Length > 0)),
        };
        foreach (var (key, value) in ((string, string)[])[("label", label), ("version", product.Text("version")), ("variant", kind)])
        {
            if (value.Length > 0)
            {
                properties[key] = value;
            }
        }

        foreach (var requirement in product.Members(product.TryGetProperty("requirements", out _) ? "requirements" : "lxd_requirements"))
        {
            properties["requirements." + requirement.Name] = requirement.Value.ToString();
        }

        return properties;
    }

    /// <summary>Each alias as it is, and followed by the architecture.</summary>
    private static List<ImageAlias> Aliases(JsonElement product, string arch) =>
        [.. product.Text("aliases").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).SelectMany(a => (string[])[a, $"{a}/{arch}"]).Distinct().Select(a => new ImageAlias { Name = a })];

    private static DateTime Day(string version) =>
        version.Length >= 8 && DateTime.TryParseExact(version[..8], "yyyyMMdd", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var day) ? day : default;

    private static StreamFile File(JsonElement item) => new(item.Text("path"), item.Text("sha256"), item.Number("size"));

    private sealed record Variant(string Type, string Fingerprint, JsonElement Meta, JsonElement? Root, IReadOnlyList<JsonElement> Deltas)
    {
        /// <summary>What tells the variants of a version apart.</summary>
        public string Kind => Root?.Text("ftype") ?? "";
    }
}
