using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Lxc.Framework;
using Lxc.Output;
using Lxd.Client;
using Lxd.Core;
using Lxd.Core.Api;

namespace Lxc.Commands.Images;

/// <summary><c>image import</c>.</summary>
internal static class ImageImport
{
    public static Command Make() => new("image import", "<tarball>|<directory>|<URL> [<rootfs tarball>] [<remote>:] [key=value...]", "Import images into the image store", RunAsync)
    {
        Flags = [new("--alias", Value: "name", Help: "Name of the image, may be repeated"), new("--public", Help: "Let everybody see it")], Count = (1, -1), Hints = [Hint.File],
        Long = "A directory needs the rights of root, so that owners of files are kept.",
    };

    private static async Task<int> RunAsync(Context context, Arguments arguments)
    {
        var (remote, files, properties) = Sort(context, arguments.Rest);
        var server = context.Server(remote);
        var temporary = "";
        try
        {
            if (Directory.Exists(files[0]))
            {
                temporary = Path.Combine(Path.GetTempPath(), $"lxd_image_{Guid.NewGuid():N}.tar.xz");
                await PackAsync(files[0], temporary, context.Cancel).ConfigureAwait(false);
                files[0] = temporary;
            }

            var answer = files[0].StartsWith("http://", StringComparison.Ordinal) || files[0].StartsWith("https://", StringComparison.Ordinal)
                ? await FromUrlAsync(context, server, files[0], properties, arguments).ConfigureAwait(false)
                : await UploadAsync(context, server, files, properties, arguments.Has("--public")).ConfigureAwait(false);
            var progress = context.Progress;
            var operation = await server.WaitAsync(answer, progress.Of("Importing image"), context.Cancel).ConfigureAwait(false);
            progress.Done();
            var fingerprint = (string?)operation.Metadata?["fingerprint"] ?? "";
            await ImageAliases.PointAsync(server, arguments.All("--alias"), fingerprint, context.Cancel).ConfigureAwait(false);
            await context.Out.WriteLineAsync($"Image imported with fingerprint: {fingerprint}").ConfigureAwait(false);
        }
        finally
        {
            if (temporary.Length > 0)
            {
                File.Delete(temporary);
            }
        }

        return 0;
    }

    /// <summary>Files, properties and a remote may stand in any order.</summary>
    private static (string Remote, List<string> Files, Dictionary<string, string> Properties) Sort(Context context, List<string> words)
    {
        var remote = context.Config.Default;
        var files = new List<string>();
        var properties = new Dictionary<string, string>();
        foreach (var word in words)
        {
            if (word.EndsWith(':') && context.Config.Remotes.ContainsKey(word[..^1]))
            {
                remote = word[..^1];
            }
            else if (files.Count > 0 && word.IndexOf('=') is > 0 and var equals && !File.Exists(word))
            {
                properties[word[..equals]] = word[(equals + 1)..];
            }
            else
            {
                files.Add(word);
            }
        }

        return files.Count is 1 or 2 ? (remote, files, properties) : throw new ApiException(0, "Invalid number of files: expected a tarball, or one of metadata and one of the root file system");
    }

    private static Task<ApiAnswer> FromUrlAsync(Context context, LxdConnection server, string url, Dictionary<string, string> properties, Arguments arguments) => server.SendAsync(
        "POST",
        "/1.0/images",
        new JsonObject { ["source"] = new JsonObject { ["type"] = "url", ["mode"] = "pull", ["url"] = url }, ["public"] = arguments.Has("--public"), ["properties"] = Json.Node(properties) },
        context.Cancel);

    private static async Task<ApiAnswer> UploadAsync(Context context, LxdConnection server, List<string> files, Dictionary<string, string> properties, bool isPublic)
    {
        if (files.Find(f => !File.Exists(f)) is { } missing)
        {
            throw new ApiException(0, $"open {missing}: no such file or directory");
        }

        var progress = context.Progress;
        using var content = Content(files, progress);
        var headers = new List<(string, string)> { ("X-LXD-public", isPublic ? "true" : "false"), ("X-LXD-filename", Path.GetFileName(files[0])) };
        if (properties.Count > 0)
        {
            headers.Add(("X-LXD-properties", Encode(properties)));
        }

        var answer = await server.SendAsync("POST", "/1.0/images", content, context.Cancel, "", [.. headers]).ConfigureAwait(false);
        progress.Done();
        return answer;
    }

    /// <summary>An image that was downloaded from another server, with what is known of it.</summary>
    public static async Task<ApiAnswer> UploadAsync(Context context, LxdConnection server, List<string> files, Image image, JsonObject body, string query)
    {
        var progress = context.Progress;
        using var content = Content(files, progress);
        var headers = new List<(string, string)>
        {
            ("X-LXD-public", (bool?)body["public"] == true ? "true" : "false"), ("X-LXD-filename", image.Filename.Length > 0 ? image.Filename : Path.GetFileName(files[0])), ("X-LXD-properties", Encode(image.Properties)),
        };
        if (body["profiles"] is JsonArray { Count: > 0 } profiles)
        {
            headers.Add(("X-LXD-profiles", string.Join('&', profiles.Select(p => "profile=" + Uri.EscapeDataString((string)p!)))));
        }

        var answer = await server.SendAsync("POST", "/1.0/images" + query, content, context.Cancel, "", [.. headers]).ConfigureAwait(false);
        progress.Done();
        return answer;
    }

    private static string Encode(Dictionary<string, string> properties) => string.Join('&', properties.Select(p => $"{Uri.EscapeDataString(p.Key)}={Uri.EscapeDataString(p.Value)}"));

    private static HttpContent Content(List<string> files, Progress progress)
    {
        StreamContent Part(string file)
        {
            var stream = File.OpenRead(file);
            return new StreamContent(progress.Reading(stream, stream.Length, "Transferring image"), 1 << 20);
        }

        if (files.Count == 1)
        {
            var whole = Part(files[0]);
            whole.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
            return whole;
        }

        // The server tells a disk from a file system by the part's name.
        using var head = File.OpenRead(files[1]);
        Span<byte> magic = stackalloc byte[4];
        head.ReadAtLeast(magic, 4, false);
        var disk = magic is [(byte)'Q', (byte)'F', (byte)'I', 0xfb];
        return new MultipartFormDataContent
        {
            { Part(files[0]), "metadata", Path.GetFileName(files[0]) },
            { Part(files[1]), disk ? "rootfs.img" : "rootfs", Path.GetFileName(files[1]) },
        };
    }

    /// <summary>A directory that is an image becomes one file; owners and extended attributes need tar.</summary>
    private static async Task PackAsync(string directory, string file, CancellationToken ct)
    {
        using var process = System.Diagnostics.Process.Start("tar", ["-C", directory, "--numeric-owner", "--xattrs", "-I", "xz -T0 -1", "-cf", file, .. Directory.GetFileSystemEntries(directory).Select(Path.GetFileName).OfType<string>()]);
        await process.WaitForExitAsync(ct).ConfigureAwait(false);
        if (process.ExitCode != 0)
        {
            throw new ApiException(0, $"Failed packing {directory}");
        }
    }
}
