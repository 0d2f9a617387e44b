using System.Text.Json.Nodes;
using Lxc.Framework;
using Lxd.Client;
using Lxd.Client.Migration;
using Lxd.Core;
using Lxd.Core.Api;

namespace Lxc.Commands.Images;

/// <summary>Which image <c>REMOTE:NAME</c> is, in the words of a server that is to fetch it.</summary>
internal static class ImageSources
{
    /// <param name="target">The remote that makes the instance: its own images need no fetching.</param>
    /// <param name="otherProject">Whether the instance is made in another project than the one the image is looked for in.</param>
    public static async Task<RequestedImage> ForInstanceAsync(Context context, string text, string target, bool otherProject, CancellationToken ct)
    {
        var (remote, name) = context.Config.Split(text);
        name = name.Length > 0 ? name : "default";
        var definition = context.Config.Get(remote);
        if (definition.Protocol == "simplestreams")
        {
            return new(new JsonObject { ["type"] = "image", ["mode"] = "pull", ["protocol"] = "simplestreams", ["server"] = definition.Address, ["alias"] = name }, []);
        }

        var server = context.Server(remote);
        var alias = await AliasAsync(server, name, ct).ConfigureAwait(false);
        if (remote != target)
        {
            var image = await FromAsync(server, alias?.Target ?? name, ct).ConfigureAwait(false);
            if (alias is not null && !image.Source.ContainsKey("secret"))
            {
                // By its name the image is kept up to date there.
                image.Source["alias"] = name;
            }

            return image;
        }

        var source = new JsonObject { ["type"] = "image" };
        string type;
        if (alias is null)
        {
            var image = await server.GetAsync<Image>($"/1.0/images/{Uri.EscapeDataString(name)}", ct).ConfigureAwait(false);
            source["fingerprint"] = image.Fingerprint;
            type = image.Type;
        }
        else
        {
            source["fingerprint"] = alias.Target;
            source["alias"] = name;
            type = alias.Type;
        }

        if (otherProject)
        {
            source["project"] = ProjectOf(server);
        }

        return new(source, []) { Type = type };
    }

    /// <summary>An image of one server as another one fetches it.</summary>
    public static async Task<RequestedImage> FromAsync(LxdConnection server, string name, CancellationToken ct)
    {
        var image = await server.GetAsync<Image>($"/1.0/images/{Uri.EscapeDataString(name)}", ct).ConfigureAwait(false);
        var address = await ServerAddresses.AllOfAsync(server, ct).ConfigureAwait(false);
        var source = new JsonObject
        {
            ["type"] = "image", ["mode"] = "pull", ["protocol"] = "lxd", ["certificate"] = address.Certificate, ["fingerprint"] = image.Fingerprint, ["project"] = ProjectOf(server),
        };
        if (!image.Public)
        {
            source["secret"] = await SecretAsync(server, image.Fingerprint, ct).ConfigureAwait(false);
        }

        return new(source, address.Urls) { Type = image.Type };
    }

    public static string ProjectOf(LxdConnection server) => server.Project.Length > 0 ? server.Project : "default";

    /// <summary>The fingerprint behind an alias, null where it is none.</summary>
    public static async Task<string?> FingerprintAsync(LxdConnection server, string name, CancellationToken ct) => (await AliasAsync(server, name, ct).ConfigureAwait(false))?.Target;

    private static async Task<ImageAliasesEntry?> AliasAsync(LxdConnection server, string name, CancellationToken ct)
    {
        try
        {
            return await server.GetAsync<ImageAliasesEntry>($"/1.0/images/aliases/{Uri.EscapeDataString(name)}", ct).ConfigureAwait(false);
        }
        catch (ApiException e) when (e.Status == 404)
        {
            return null;
        }
    }

    /// <summary>A word that lets another server fetch a private image once.</summary>
    private static async Task<string> SecretAsync(LxdConnection server, string fingerprint, CancellationToken ct)
    {
        var answer = await server.SendAsync("POST", $"/1.0/images/{fingerprint}/secret", new JsonObject(), ct).ConfigureAwait(false);
        return (string?)answer.Metadata?["metadata"]?["secret"] ?? "";
    }
}
