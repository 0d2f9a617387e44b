using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Lxc.Framework;
using Lxd.Client;
using Lxd.Core;
using Lxd.Core.Api;

namespace Lxc.Commands;

/// <summary><c>image import</c>, <c>export</c> and <c>copy</c>.</summary>
internal static class ImageTransferCommands
{
    public static IEnumerable<Command> All() =>
    [
        new("image import", "<tarball>|<directory> [<rootfs tarball>] [<remote>:] [key=value...]", "Import images into the image store", ImportAsync)
        {
            Flags = [new("--alias", Value: "name", Help: "Name of the image, may be repeated"), new("--public", Help: "Let everybody see it"), new("--reuse", Help: "Take the alias from an image that has it")], Count = (1, -1),
        },
        new("image export", "[<remote>:]<image> [<target>]", "Export and download images", ExportAsync) { Flags = [new("--vm", Help: "The virtual machine's")], Count = (1, 2) },
        new("image copy", "[<remote>:]<image> <remote>:", "Copy images between servers", CopyAsync)
        {
            Aliases = ["cp"],
            Flags =
            [
                new("--alias", Value: "name", Help: "Name of the copy, may be repeated"), new("--auto-update", Help: "Keep it up to date"), new("--copy-aliases", Help: "With all its names"), new("--mode", Value: "mode", Help: "pull, push or relay"),
                new("--profile", "-p", "name", "Profile of the copy, may be repeated"), new("--public", Help: "Let everybody see it"), new("--reuse", Help: "Take the alias from an image that has it"), new("--target-project", Value: "project", Help: "Into this project"), new("--vm", Help: "The virtual machine's"),
            ],
            Count = (2, 2),
        },
    ];

    private static async Task<int> ImportAsync(Context context, Arguments arguments)
    {
        var remote = context.Config.Default;
        var files = new List<string>();
        var properties = new List<string>();
        foreach (var word in arguments.Rest)
        {
            if (word.EndsWith(':') && context.Config.Remotes.ContainsKey(word[..^1]))
            {
                remote = word[..^1];
            }
            else if (files.Count > 0 && word.Contains('=') && !File.Exists(word))
            {
                var pair = word.Split('=', 2);
                properties.Add($"{Uri.EscapeDataString(pair[0])}={Uri.EscapeDataString(pair[1])}");
            }
            else
            {
                files.Add(word);
            }
        }

        if (files.Count > 0 && (files[0].StartsWith("http://", StringComparison.Ordinal) || files[0].StartsWith("https://", StringComparison.Ordinal)))
        {
            throw new ApiException(0, "Image download from client-specified URL is not supported");
        }

        var server = context.Server(remote);
        var aliases = arguments.All("--alias");

        var temporary = "";
        try
        {
            if (Directory.Exists(files[0]))
            {
                temporary = Path.Combine(Path.GetTempPath(), $"lxd_image_{Guid.NewGuid():N}.tar.gz");
                await PackAsync(files[0], temporary, context.Cancel).ConfigureAwait(false);
                files[0] = temporary;
            }

            var (content, filename) = Content(files);
            using (content)
            {
                var headers = new List<(string, string)> { ("X-LXD-public", arguments.Has("--public") ? "true" : "false"), ("X-LXD-filename", filename) };
                if (properties.Count > 0)
                {
                    headers.Add(("X-LXD-properties", string.Join('&', properties)));
                }

                var answer = await server.SendAsync("POST", "/1.0/images", content, context.Cancel, "", [.. headers]).ConfigureAwait(false);
                var progress = context.Progress;
                var operation = await server.WaitAsync(answer, progress.Of("Importing image"), context.Cancel).ConfigureAwait(false);
                progress.Done();
                var fingerprint = (string?)operation.Metadata?["fingerprint"] ?? "";
                await context.Out.WriteLineAsync($"Image imported with fingerprint: {fingerprint}").ConfigureAwait(false);
                foreach (var alias in aliases)
                {
                    await PointAsync(server, alias, fingerprint, context.Cancel).ConfigureAwait(false);
                }
            }
        }
        finally
        {
            File.Delete(temporary.Length > 0 ? temporary : Path.Combine(Path.GetTempPath(), "lxd_image_none"));
        }

        return 0;
    }

    /// <summary>Makes a name lead to an image, wherever it led before.</summary>
    private static async Task PointAsync(LxdConnection server, string alias, string fingerprint, CancellationToken ct)
    {
        if (await ImageSources.FingerprintAsync(server, alias, ct).ConfigureAwait(false) is not null)
        {
            await server.SendAsync("DELETE", $"/1.0/images/aliases/{Uri.EscapeDataString(alias)}", (JsonNode?)null, ct).ConfigureAwait(false);
        }

        await server.SendAsync("POST", "/1.0/images/aliases", new JsonObject { ["name"] = alias, ["target"] = fingerprint }, ct).ConfigureAwait(false);
    }

    private static (HttpContent Content, string Filename) Content(List<string> files)
    {
        foreach (var file in files)
        {
            if (!File.Exists(file))
            {
                throw new ApiException(0, $"open {file}: no such file or directory");
            }
        }

        if (files.Count == 1)
        {
            return (new StreamContent(File.OpenRead(files[0]), 1 << 20) { Headers = { ContentType = new MediaTypeHeaderValue("application/octet-stream") } }, Path.GetFileName(files[0]));
        }

        // The server tells a disk from a file system by the part's name.
        using var head = File.OpenRead(files[1]);
        Span<byte> magic = stackalloc byte[4];
        head.ReadAtLeast(magic, 4, false);
        var disk = magic is [(byte)'Q', (byte)'F', (byte)'I', 0xfb];
        var content = new MultipartFormDataContent
        {
            { new StreamContent(File.OpenRead(files[0]), 1 << 20), "metadata", Path.GetFileName(files[0]) },
            { new StreamContent(File.OpenRead(files[1]), 1 << 20), disk ? "rootfs.img" : "rootfs", Path.GetFileName(files[1]) },
        };
        return (content, Path.GetFileName(files[0]));
    }

    /// <summary>A directory that is an image becomes one file; owners and extended attributes need tar.</summary>
    private static async Task PackAsync(string directory, string file, CancellationToken ct)
    {
        using var process = System.Diagnostics.Process.Start("tar", ["-C", directory, "--numeric-owner", "--xattrs", "-czf", file, .. Directory.GetFileSystemEntries(directory).Select(Path.GetFileName).OfType<string>()]);
        await process.WaitForExitAsync(ct).ConfigureAwait(false);
        if (process.ExitCode != 0)
        {
            throw new ApiException(0, $"Failed packing {directory}");
        }
    }

    private static async Task<int> ExportAsync(Context context, Arguments arguments)
    {
        var (remote, name) = context.Config.Split(arguments.Rest[0]);
        var server = context.Server(remote);
        var image = await ImageCommands.FindAsync(context, server, name).ConfigureAwait(false);
        var target = arguments.Rest.ElementAtOrDefault(1) ?? ".";
        using var response = await server.RawAsync("GET", $"/1.0/images/{image.Fingerprint}/export", null, context.Cancel).ConfigureAwait(false);
        if (response.Content.Headers.ContentType?.MediaType == "multipart/form-data")
        {
            await MultipartFiles.SaveAsync(response, target, context.Cancel).ConfigureAwait(false);
        }
        else
        {
            var given = Path.GetFileName(response.Content.Headers.ContentDisposition?.FileName?.Trim('"') ?? image.Fingerprint);
            var extension = given.IndexOf('.') is > 0 and var dot ? given[dot..] : "";
            var path = target == "-" ? "" : Directory.Exists(target) ? Path.Combine(target, given) : target + (target.EndsWith(extension, StringComparison.Ordinal) ? "" : extension);
            await using var output = path.Length == 0 ? Console.OpenStandardOutput() : File.Create(path);
            await response.Content.CopyToAsync(output, context.Cancel).ConfigureAwait(false);
        }

        if (!context.Quiet)
        {
            await context.Err.WriteLineAsync("Image exported successfully!").ConfigureAwait(false);
        }

        return 0;
    }

    private static async Task<int> CopyAsync(Context context, Arguments arguments)
    {
        var (targetRemote, rest) = context.Config.Split(arguments.Rest[1]);
        if (rest.Length > 0)
        {
            throw new ApiException(0, "Can't provide a name for the target image");
        }

        var target = context.Server(targetRemote);
        var (remote, name) = context.Config.Split(arguments.Rest[0]);
        var image = await ImageCommands.FindAnyAsync(context, arguments.Rest[0], arguments.Has("--vm")).ConfigureAwait(false);
        var source = await ImageSources.ForInstanceAsync(context, arguments.Rest[0], targetRemote == remote ? "" : targetRemote, arguments.Has("--vm"), [], context.Cancel).ConfigureAwait(false);
        source["image_type"] = image.Type;
        if (arguments.Has("--auto-update") && image.Aliases.Any(a => a.Name == name))
        {
            source["alias"] = name;
        }

        var aliases = arguments.All("--alias").Select(a => new ImageAlias { Name = a }).Concat(arguments.Has("--copy-aliases") ? image.Aliases : []).DistinctBy(a => a.Name).ToList();
        if (arguments.Has("--reuse"))
        {
            foreach (var alias in aliases)
            {
                if (await ImageSources.FingerprintAsync(target, alias.Name, context.Cancel).ConfigureAwait(false) is not null)
                {
                    await target.SendAsync("DELETE", $"/1.0/images/aliases/{Uri.EscapeDataString(alias.Name)}", (JsonNode?)null, context.Cancel).ConfigureAwait(false);
                }
            }
        }

        var body = new JsonObject
        {
            ["source"] = source,
            ["auto_update"] = arguments.Has("--auto-update"),
            ["public"] = arguments.Has("--public"),
            ["profiles"] = new JsonArray([.. arguments.All("--profile").Select(p => (JsonNode)JsonValue.Create(p))]),
            ["aliases"] = Json.Node(aliases),
        };
        var progress = context.Progress;
        var project = arguments.Get("--target-project") is { Length: > 0 } p ? "?project=" + Uri.EscapeDataString(p) : "";
        await target.RunAsync("POST", "/1.0/images" + project, body, progress.Of("Copying the image"), context.Cancel).ConfigureAwait(false);
        progress.Done();
        await context.Out.WriteLineAsync("Image copied successfully!").ConfigureAwait(false);
        return 0;
    }
}
