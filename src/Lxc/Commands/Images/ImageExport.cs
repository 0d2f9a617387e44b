using Lxc.Framework;
using Lxd.Core;
using Lxd.Client;
using Lxd.Client.SimpleStreams;

namespace Lxc.Commands.Images;

/// <summary><c>image export</c>.</summary>
internal static class ImageExport
{
    public static Command Make() => new("image export", "[<remote>:]<image> [<target>]", "Export and download images", RunAsync)
    {
        Flags = [new("--vm", Help: "The image of virtual machines")], Count = (1, 2), Hints = [Hint.Image, Hint.File],
        Long = "The target is a directory, or the name of the file without its extension; here by default.",
    };

    private static async Task<int> RunAsync(Context context, Arguments arguments)
    {
        var (remote, name) = context.Config.Split(arguments.Rest[0]);
        var target = arguments.Rest.ElementAtOrDefault(1) ?? ".";
        if (context.Config.Get(remote).Protocol == "simplestreams")
        {
            return await FromStreamsAsync(context, remote, name, target, arguments.Has("--vm")).ConfigureAwait(false);
        }

        var server = context.Server(remote);
        var image = await ImageCommands.FindAsync(server, name, context.Cancel).ConfigureAwait(false);
        var progress = context.Progress;
        using var response = await server.RawAsync("GET", $"/1.0/images/{image.Fingerprint}/export", null, context.Cancel).ConfigureAwait(false);
        if (response.Content.Headers.ContentType?.MediaType == "multipart/form-data")
        {
            CheckTarget(target, true);
            await MultipartFiles.SaveAsync(response, target, context.Cancel).ConfigureAwait(false);
        }
        else
        {
            var given = Path.GetFileName(response.Content.Headers.ContentDisposition?.FileName?.Trim('"') ?? image.Fingerprint);
            var extension = given.IndexOf('.') is > 0 and var dot ? given[dot..] : "";
            var path = target == "-" ? "" : Directory.Exists(target) ? Path.Combine(target, given) : target + (target.EndsWith(extension, StringComparison.Ordinal) ? "" : extension);
            await using var input = await response.Content.ReadAsStreamAsync(context.Cancel).ConfigureAwait(false);
            await using var output = path.Length == 0 ? Console.OpenStandardOutput() : File.Create(path);
            await progress.Reading(input, response.Content.Headers.ContentLength ?? 0, "Exporting the image").CopyToAsync(output, 1 << 20, context.Cancel).ConfigureAwait(false);
        }

        progress.Done();
        return target == "-" ? 0 : await SaidAsync(context).ConfigureAwait(false);
    }

    /// <summary>Of a simplestreams server: its files as they are there.</summary>
    private static async Task<int> FromStreamsAsync(Context context, string remote, string name, string target, bool vm)
    {
        var streams = context.Streams(remote);
        var image = await streams.FindAsync(name, vm ? "virtual-machine" : "", [DatabaseCodes.HostArchitecture], context.Cancel).ConfigureAwait(false) ?? throw new ApiException(404, "Image not found");
        CheckTarget(target, image.Root is not null);

        var progress = context.Progress;
        foreach (var (file, ending) in image.Root is null ? (IEnumerable<(StreamFile, string)>)[(image.Meta, "")] : [(image.Meta, ""), (image.Root, ".root")])
        {
            progress.Show($"Exporting the image: {Path.GetFileName(file.Path)}");
            await using var output = target == "-" ? Console.OpenStandardOutput() : File.Create(Directory.Exists(target) ? Path.Combine(target, Path.GetFileName(file.Path)) : target + ending);
            await streams.CopyAsync(file, output, context.Cancel).ConfigureAwait(false);
        }

        progress.Done();
        return target == "-" ? 0 : await SaidAsync(context).ConfigureAwait(false);
    }

    private static void CheckTarget(string target, bool split)
    {
        if (target == "-" && split)
        {
            throw new ApiException(0, "Only images of one file can be written to the standard output");
        }
    }

    private static async Task<int> SaidAsync(Context context)
    {
        await context.SayAsync("Image exported successfully!").ConfigureAwait(false);
        return 0;
    }

    /// <summary>An image as files in a directory of their own.</summary>
    /// <returns>One file, or metadata and root file system.</returns>
    public static async Task<List<string>> ToDirectoryAsync(LxdConnection server, string fingerprint, string directory, CancellationToken ct)
    {
        using var response = await server.RawAsync("GET", $"/1.0/images/{fingerprint}/export", null, ct).ConfigureAwait(false);
        if (response.Content.Headers.ContentType?.MediaType == "multipart/form-data")
        {
            await MultipartFiles.SaveAsync(response, directory, ct).ConfigureAwait(false);
            return [.. Directory.GetFiles(directory).OrderByDescending(f => Path.GetFileName(f).StartsWith("meta-", StringComparison.Ordinal))];
        }

        var path = Path.Combine(directory, Path.GetFileName(response.Content.Headers.ContentDisposition?.FileName?.Trim('"') ?? fingerprint));
        await using var output = File.Create(path);
        await response.Content.CopyToAsync(output, ct).ConfigureAwait(false);
        return [path];
    }
}
