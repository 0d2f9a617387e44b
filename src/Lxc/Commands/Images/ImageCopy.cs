using System.Text.Json.Nodes;
using Lxc.Commands.Shared;
using Lxc.Framework;
using Lxd.Client;
using Lxd.Client.Migration;
using Lxd.Core;
using Lxd.Core.Api;

namespace Lxc.Commands.Images;

/// <summary><c>image copy</c>.</summary>
internal static class ImageCopy
{
    public static Command Make() => new("image copy", "[<remote>:]<image> <remote>:", "Copy images between servers", RunAsync)
    {
        Aliases = ["cp"], Count = (2, 2), Hints = [Hint.Image, Hint.Remote],
        Flags =
        [
            new("--alias", Value: "name", Help: "Name of the copy, may be repeated"), new("--auto-update", Help: "Keep it up to date"), new("--copy-aliases", Help: "With all its names"), new("--mode", Value: "mode", Help: "pull, push or relay") { Default = "pull" },
            new("--profile", "-p", "name", "Profile of instances made of the copy, may be repeated"), new("--public", Help: "Let everybody see it"), new("--target-project", Value: "project", Help: "Into this project"), new("--vm", Help: "The image of virtual machines"),
        ],
        Long = "With --auto-update the server looks for newer versions by the alias the image is named by here.",
    };

    private static async Task<int> RunAsync(Context context, Arguments arguments)
    {
        var (targetRemote, rest) = context.Config.Split(arguments.Rest[1]);
        if (rest.Length > 0)
        {
            throw new ApiException(0, "Can't provide a name for the target image");
        }

        var (remote, name) = context.Config.Split(arguments.Rest[0]);
        var project = arguments.Get("--target-project");
        var image = await ImageCommands.FindAnyAsync(context, arguments.Rest[0], arguments.Has("--vm")).ConfigureAwait(false);
        if (remote == targetRemote && project.Length == 0)
        {
            throw new ApiException(0, "The source and target servers must be different");
        }

        var body = Body(image, arguments);
        var target = context.Server(targetRemote);
        var streams = context.Config.Get(remote).Protocol == "simplestreams";
        var mode = streams || remote == targetRemote ? "pull" : arguments.Get("--mode", "pull");
        var query = Remoting.Query(("project", project));
        switch (mode)
        {
            case "pull":
                var source = streams ? new(new JsonObject { ["type"] = "image", ["mode"] = "pull", ["protocol"] = "simplestreams", ["server"] = context.Config.Get(remote).Address, ["fingerprint"] = image.Fingerprint }, [])
                    : remote == targetRemote ? new(new JsonObject { ["type"] = "image", ["mode"] = "pull", ["fingerprint"] = image.Fingerprint, ["project"] = ImageSources.ProjectOf(target) }, [])
                    : await ImageSources.FromAsync(context.Server(remote), image.Fingerprint, context.Cancel).ConfigureAwait(false);
                await PullAsync(context, target, query, body, source, image, name, arguments).ConfigureAwait(false);
                break;
            case "push":
                await PushAsync(context, context.Server(remote), target, project, body, image).ConfigureAwait(false);
                break;
            case "relay":
                await RelayAsync(context, context.Server(remote), target, query, body, image).ConfigureAwait(false);
                break;
            default:
                throw new ApiException(0, $"Invalid mode \"{mode}\": expected pull, push or relay");
        }

        await context.SayAsync("Image copied successfully!").ConfigureAwait(false);
        return 0;
    }

    /// <summary>A published image that was meant for another server moves there.</summary>
    public static async Task PublishedAsync(Context context, string remote, string targetRemote, string fingerprint, Arguments arguments)
    {
        var (server, target) = (context.Server(remote), context.Server(targetRemote));
        var image = await server.GetAsync<Image>($"/1.0/images/{fingerprint}", context.Cancel).ConfigureAwait(false);
        var body = Body(image, arguments);
        body["aliases"] = new JsonArray();
        await PullAsync(context, target, "", body, await ImageSources.FromAsync(server, fingerprint, context.Cancel).ConfigureAwait(false), image, "", arguments).ConfigureAwait(false);
        await ImageAliases.PointAsync(target, arguments.All("--alias"), fingerprint, context.Cancel, arguments.Has("--reuse")).ConfigureAwait(false);
        await server.RunAsync("DELETE", $"/1.0/images/{fingerprint}", (JsonNode?)null, null, context.Cancel).ConfigureAwait(false);
    }

    private static JsonObject Body(Image image, Arguments arguments) => new()
    {
        ["auto_update"] = arguments.Has("--auto-update"),
        ["public"] = arguments.Has("--public"),
        ["profiles"] = new JsonArray([.. arguments.All("--profile").Select(p => (JsonNode)JsonValue.Create(p))]),
        ["aliases"] = Json.Node(arguments.All("--alias").Select(a => new ImageAlias { Name = a }).Concat(arguments.Has("--copy-aliases") ? image.Aliases : []).DistinctBy(a => a.Name).ToList()),
    };

    private static async Task PullAsync(Context context, LxdConnection target, string query, JsonObject body, RequestedImage source, Image image, string name, Arguments arguments)
    {
        source.Source["image_type"] = image.Type;
        if (arguments.Has("--auto-update") && image.Aliases.Any(a => a.Name == name))
        {
            source.Source["alias"] = name;
        }

        var progress = context.Progress;
        await source.RunAsync(target, "POST", "/1.0/images" + query, body, progress.Of("Copying the image"), context.Cancel).ConfigureAwait(false);
        progress.Done();
    }

    /// <summary>The source uploads it; the target gave a word that lets it.</summary>
    private static async Task PushAsync(Context context, LxdConnection source, LxdConnection target, string project, JsonObject body, Image image)
    {
        var address = await ServerAddresses.AllOfAsync(target, context.Cancel).ConfigureAwait(false);
        body["source"] = new JsonObject { ["fingerprint"] = image.Fingerprint, ["mode"] = "push", ["type"] = "image" };
        body["properties"] = Json.Node(image.Properties);
        body["expires_at"] = GoTime.Format(image.ExpiresAt);
        var awaiting = await target.SendAsync("POST", "/1.0/images" + Remoting.Query(("project", project)), body, context.Cancel).ConfigureAwait(false);
        var export = new JsonObject
        {
            ["certificate"] = address.Certificate, ["secret"] = awaiting.Metadata?["metadata"]?["secret"]?.DeepClone(), ["aliases"] = body["aliases"]?.DeepClone(), ["profiles"] = body["profiles"]?.DeepClone(),
            ["project"] = project.Length > 0 ? project : ImageSources.ProjectOf(target),
        };
        await ServerAddresses.TryEachAsync(address.Urls, async url =>
        {
            export["target"] = url;
            var progress = context.Progress;
            var sent = await source.RunAsync("POST", $"/1.0/images/{image.Fingerprint}/export", export, progress.Of("Copying the image"), context.Cancel).ConfigureAwait(false);
            progress.Done();
            return sent;
        }, context.Cancel).ConfigureAwait(false);
    }

    /// <summary>This client downloads and uploads it.</summary>
    private static async Task RelayAsync(Context context, LxdConnection source, LxdConnection target, string query, JsonObject body, Image image)
    {
        var directory = Directory.CreateTempSubdirectory("lxd_image_").FullName;
        try
        {
            var files = await ImageExport.ToDirectoryAsync(source, image.Fingerprint, directory, context.Cancel).ConfigureAwait(false);
            var answer = await ImageImport.UploadAsync(context, target, files, image, body, query).ConfigureAwait(false);
            await target.WaitAsync(answer, null, context.Cancel).ConfigureAwait(false);
            foreach (var alias in Json.Parse<List<ImageAlias>>(body["aliases"]))
            {
                await target.SendAsync("POST", "/1.0/images/aliases" + query, new JsonObject { ["name"] = alias.Name, ["description"] = alias.Description, ["target"] = image.Fingerprint }, context.Cancel).ConfigureAwait(false);
            }
        }
        finally
        {
            Directory.Delete(directory, true);
        }
    }
}
