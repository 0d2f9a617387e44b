using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace Lxd.Daemon.Tests.Images;

/// <summary>A simplestreams tree with one product, <c>b</c>, of one or more architectures.</summary>
internal static class StreamTree
{
    /// <summary>Serves versions of the product, each split in metadata and root file system, some with the difference to an earlier one.</summary>
    public static void Serve(HostileServer server, params (string Version, byte[] Meta, byte[] Root, (string Base, byte[] Content)? Delta)[] versions) =>
        Serve(server, [("amd64", Versions(server, versions))]);

    /// <summary>Serves the product for each of these architectures, in the words of the index.</summary>
    public static void Serve(HostileServer server, params (string Architecture, byte[] Meta, byte[] Root)[] architectures) =>
        Serve(server, [.. architectures.Select(a => (a.Architecture, Versions(server, (a.Architecture, a.Meta, a.Root, null))))]);

    private static JsonObject Versions(HostileServer server, params (string Version, byte[] Meta, byte[] Root, (string Base, byte[] Content)? Delta)[] versions)
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

        return all;
    }

    private static void Serve(HostileServer server, List<(string Architecture, JsonObject Versions)> products)
    {
        server.Serve("/streams/v1/index.json", """{"index":{"i":{"datatype":"image-downloads","path":"streams/v1/images.json"}}}""");
        var all = new JsonObject();
        foreach (var (architecture, versions) in products)
        {
            all["b:" + architecture] = new JsonObject { ["aliases"] = "b", ["arch"] = architecture, ["versions"] = versions };
        }

        server.Serve("/streams/v1/images.json", new JsonObject { ["products"] = all }.ToJsonString());
    }

    public static string Hash(byte[] content) => Convert.ToHexStringLower(SHA256.HashData(content));
}
