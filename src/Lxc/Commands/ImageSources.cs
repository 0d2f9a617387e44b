using System.Text.Json.Nodes;
using Lxc.Framework;
using Lxd.Core;
using Lxd.Core.Api;

namespace Lxc.Commands;

/// <summary>Which image <c>REMOTE:NAME</c> is, in the words of a server that is to fetch it.</summary>
internal static class ImageSources
{
    /// <param name="target">The remote that makes the instance: its own images need no fetching.</param>
    public static async Task<JsonObject> ForInstanceAsync(Context context, string text, string target, bool vm, JsonObject body, CancellationToken ct)
    {
        var (remote, name) = context.Config.Split(text, context.Config.Default);
        name = name.Length > 0 ? name : "default";
        var definition = context.Config.Get(remote);
        if (definition.Protocol == "simplestreams")
        {
            return new JsonObject { ["type"] = "image", ["mode"] = "pull", ["protocol"] = "simplestreams", ["server"] = definition.Address, ["alias"] = name };
        }

        var server = context.Server(remote);
        var fingerprint = await FingerprintAsync(server, name, ct).ConfigureAwait(false);
        if (remote == target)
        {
            return fingerprint is null
                ? new JsonObject { ["type"] = "image", ["fingerprint"] = name }
                : new JsonObject { ["type"] = "image", ["fingerprint"] = fingerprint, ["alias"] = name };
        }

        var info = await server.GetAsync<Lxd.Core.Api.Server>("/1.0", ct).ConfigureAwait(false);
        var image = await server.GetAsync<Image>($"/1.0/images/{Uri.EscapeDataString(fingerprint ?? name)}", ct).ConfigureAwait(false);
        var source = new JsonObject
        {
            ["type"] = "image", ["mode"] = "pull", ["protocol"] = "lxd", ["server"] = Address(definition.Address, info), ["certificate"] = info.Environment.Certificate, ["fingerprint"] = image.Fingerprint,
        };
        if (!image.Public)
        {
            source["secret"] = await SecretAsync(server, image.Fingerprint, ct).ConfigureAwait(false);
        }

        return source;
    }

    /// <summary>The fingerprint behind an alias, null where it is none.</summary>
    public static async Task<string?> FingerprintAsync(Lxd.Client.LxdConnection server, string name, CancellationToken ct)
    {
        try
        {
            return (await server.GetAsync<ImageAliasesEntry>($"/1.0/images/aliases/{Uri.EscapeDataString(name)}", ct).ConfigureAwait(false)).Target;
        }
        catch (ApiException e) when (e.Status == 404)
        {
            return null;
        }
    }

    public static async Task<string> SecretAsync(Lxd.Client.LxdConnection server, string fingerprint, CancellationToken ct)
    {
        var answer = await server.SendAsync("POST", $"/1.0/images/{fingerprint}/secret", new JsonObject(), ct).ConfigureAwait(false);
        return (string?)answer.Metadata?["metadata"]?["secret"] ?? "";
    }

    /// <summary>Where another server reaches this one: the local socket is no address for others.</summary>
    public static string Address(string address, Lxd.Core.Api.Server info) =>
        !address.StartsWith("unix:", StringComparison.Ordinal) ? address : info.Environment.Addresses.FirstOrDefault() is { } first ? "https://" + first : throw new ApiException(0, "The source server isn't listening on the network");
}
