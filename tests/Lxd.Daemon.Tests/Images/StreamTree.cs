using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace Lxd.Daemon.Tests.Images;

/// <summary>A simplestreams tree with one product, <c>b</c>.</summary>
internal static class StreamTree
{
    /// <summary>Serves versions of the product, each split in metadata and root file system, some with the difference to an earlier one.</summary>
    public static void Serve(HostileServer server, params (string Version, byte[] Meta, byte[] Root, (string Base, byte[] Content)? Delta)[] versions)
    {
        var all = new JsonObject();
        foreach (var (version, meta, root, delta) in versions)
        {
            JsonObject Item(string ftype, string name, byte[] content)
            {
                server.Serve($"/{version}/{name}", content);
                return new() { ["ftype"] = ftype, ["path"] = $"{version}/{name}", ["sha256"] = Hash(content), ["size"] = content.Length };
            }

            var first = Item("lxd.tar.xz", "meta", meta);
            first["combined_squashfs_sha256"] = Hash([.. meta, .. root]);
            var items = new JsonObject { ["m"] = first, ["r"] = Item("squashfs", "root", root) };
            if (delta is { } d)
            {
                var difference = Item("squashfs.vcdiff", "delta", d.Content);
                difference["delta_base"] = d.Base;
                items["d"] = difference;
            }

            all[version] = new JsonObject { ["items"] = items };
        }

        server.Serve("/streams/v1/index.json", """{"index":{"i":{"datatype":"image-downloads","path":"streams/v1/images.json"}}}""");
        server.Serve("/streams/v1/images.json", new JsonObject { ["products"] = new JsonObject { ["b"] = new JsonObject { ["aliases"] = "b", ["arch"] = "amd64", ["versions"] = all } } }.ToJsonString());
    }

    public static string Hash(byte[] content) => Convert.ToHexStringLower(SHA256.HashData(content));
}
