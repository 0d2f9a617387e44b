using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Lxc.Framework;
using Lxc.Terminal;
using Lxd.Client;
using Lxd.Core;

namespace Lxc.Commands;

/// <summary><c>file</c>: files of instances.</summary>
internal static class FileCommands
{
    private const int Parallel = 8;

    private static readonly Flag[] Owner = [new("--uid", Value: "id", Help: "Owner"), new("--gid", Value: "id", Help: "Group"), new("--mode", Value: "octal", Help: "Permissions")];

    public static IEnumerable<Command> All() =>
    [
        new("file push", "<source path>... [<remote>:]<instance>/<path>", "Push files into instances", PushAsync) { Flags = [.. Owner, new("--create-dirs", "-p", Help: "Make missing directories"), new("--recursive", "-r", Help: "With everything below")], Count = (2, -1) },
        new("file pull", "[<remote>:]<instance>/<path> [[<remote>:]<instance>/<path>...] <target path>", "Pull files from instances", PullAsync) { Flags = [new("--create-dirs", "-p", Help: "Make missing directories"), new("--recursive", "-r", Help: "With everything below")], Count = (2, -1) },
        new("file delete", "[<remote>:]<instance>/<path> [[<remote>:]<instance>/<path>...]", "Delete files in instances", DeleteAsync) { Aliases = ["rm"], Flags = [new("--force", "-f", Help: "With everything below")], Count = (1, -1) },
        new("file edit", "[<remote>:]<instance>/<path>", "Edit files in instances", EditAsync) { Count = (1, 1) },
        new("file create", "[<remote>:]<instance>/<path> [<symlink target path>]", "Create files, directories and symlinks in instances", CreateAsync)
        {
            Flags = [.. Owner, new("--create-dirs", "-p", Help: "Make missing directories"), new("--force", "-f", Help: "Replace what is there"), new("--type", Value: "type", Help: "file, directory or symlink")], Count = (1, 2),
        },
    ];

    private sealed record Place(LxdConnection Server, string Instance, string Path)
    {
        public string Url => $"/1.0/instances/{Uri.EscapeDataString(Instance)}/files?path={Uri.EscapeDataString(Path)}";

        public Place Below(string name) => this with { Path = Path.TrimEnd('/') + "/" + name };
    }

    private static Place Find(Context context, string text)
    {
        var slash = text.IndexOf('/');
        if (slash < 0)
        {
            throw new ApiException(0, $"Invalid path {text}");
        }

        var (server, name) = context.Resolve(text[..slash]);
        return new Place(server, name, text[slash..]);
    }

    private static async Task<int> PushAsync(Context context, Arguments arguments)
    {
        var target = Find(context, arguments.Rest[^1]);
        var sources = arguments.Rest[..^1];
        var recursive = arguments.Has("--recursive");
        var into = target.Path.EndsWith('/') || sources.Count > 1 || recursive || await IsDirectoryAsync(target, context.Cancel).ConfigureAwait(false);
        if (arguments.Has("--create-dirs"))
        {
            await MakeDirectoriesAsync(into ? target.Path : Path.GetDirectoryName(target.Path) ?? "/", target, arguments, context.Cancel).ConfigureAwait(false);
        }

        foreach (var source in sources)
        {
            if (source != "-" && Directory.Exists(source))
            {
                if (!recursive)
                {
                    throw new ApiException(0, $"\"{source}\" is a directory: use --recursive");
                }

                await PushTreeAsync(source, target.Below(Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(source)))), arguments, context.Cancel).ConfigureAwait(false);
                continue;
            }

            var place = into ? target.Below(Path.GetFileName(source)) : target;
            await PushFileAsync(source, place, arguments, context.Cancel).ConfigureAwait(false);
        }

        return 0;
    }

    private static async Task PushTreeAsync(string source, Place target, Arguments arguments, CancellationToken ct)
    {
        await PostAsync(target, "directory", null, Headers(arguments, File.GetUnixFileMode(source)), ct).ConfigureAwait(false);
        var files = new List<string>();
        foreach (var entry in new DirectoryInfo(source).EnumerateFileSystemInfos())
        {
            if (entry.LinkTarget is { } link)
            {
                await PostAsync(target.Below(entry.Name), "symlink", new StringContent(link), Headers(arguments, null), ct).ConfigureAwait(false);
            }
            else if (entry is DirectoryInfo)
            {
                await PushTreeAsync(entry.FullName, target.Below(entry.Name), arguments, ct).ConfigureAwait(false);
            }
            else
            {
                files.Add(entry.FullName);
            }
        }

        await System.Threading.Tasks.Parallel.ForEachAsync(files, new ParallelOptions { MaxDegreeOfParallelism = Parallel, CancellationToken = ct }, async (file, token) => await PushFileAsync(file, target.Below(Path.GetFileName(file)), arguments, token).ConfigureAwait(false)).ConfigureAwait(false);
    }

    private static async Task PushFileAsync(string source, Place place, Arguments arguments, CancellationToken ct)
    {
        if (source != "-" && !File.Exists(source))
        {
            throw new ApiException(0, $"open {source}: no such file or directory");
        }

        await using var stream = source == "-" ? Console.OpenStandardInput() : File.OpenRead(source);
        using var content = new StreamContent(stream, 1 << 20);
        await PostAsync(place, "file", content, Headers(arguments, source == "-" ? null : File.GetUnixFileMode(source)), ct).ConfigureAwait(false);
    }

    private static List<(string, string)> Headers(Arguments arguments, UnixFileMode? own)
    {
        var headers = new List<(string, string)>();
        if (arguments.Get("--uid") is { Length: > 0 } uid)
        {
            headers.Add(("X-LXD-uid", uid));
        }

        if (arguments.Get("--gid") is { Length: > 0 } gid)
        {
            headers.Add(("X-LXD-gid", gid));
        }

        if (arguments.Get("--mode") is { Length: > 0 } mode)
        {
            headers.Add(("X-LXD-mode", mode.StartsWith('0') ? mode : "0" + mode));
        }
        else if (own is { } bits)
        {
            headers.Add(("X-LXD-mode", "0" + Convert.ToString((int)bits & 0xfff, 8)));
        }

        return headers;
    }

    private static async Task PostAsync(Place place, string type, HttpContent? content, List<(string, string)> headers, CancellationToken ct)
    {
        using var body = content ?? new ByteArrayContent([]);
        body.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        await place.Server.SendAsync("POST", place.Url, body, ct, "", [.. headers, ("X-LXD-type", type)]).ConfigureAwait(false);
    }

    private static async Task MakeDirectoriesAsync(string path, Place place, Arguments arguments, CancellationToken ct)
    {
        var made = "";
        foreach (var segment in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            made += "/" + segment;
            var directory = place with { Path = made };
            if (!await IsDirectoryAsync(directory, ct).ConfigureAwait(false))
            {
                await PostAsync(directory, "directory", null, [.. Headers(arguments, null).Where(h => h.Item1 != "X-LXD-mode"), ("X-LXD-mode", "0755")], ct).ConfigureAwait(false);
            }
        }
    }

    private static async Task<bool> IsDirectoryAsync(Place place, CancellationToken ct)
    {
        try
        {
            using var response = await place.Server.RawAsync("GET", place.Url, null, ct).ConfigureAwait(false);
            return Header(response, "X-LXD-type") == "directory";
        }
        catch (ApiException e) when (e.Status == 404)
        {
            return false;
        }
    }

    private static async Task<int> PullAsync(Context context, Arguments arguments)
    {
        var target = arguments.Rest[^1];
        var sources = arguments.Rest[..^1];
        var recursive = arguments.Has("--recursive");
        if (arguments.Has("--create-dirs"))
        {
            Directory.CreateDirectory(sources.Count > 1 || recursive || target.EndsWith('/') ? target : Path.GetDirectoryName(Path.GetFullPath(target))!);
        }

        if (sources.Count > 1 && target != "-" && !Directory.Exists(target))
        {
            throw new ApiException(0, "More than one file to download, but target is not a directory");
        }

        foreach (var text in sources)
        {
            var place = Find(context, text);
            await PullAsync(place, target == "-" || !Directory.Exists(target) ? target : Path.Combine(target, Path.GetFileName(place.Path.TrimEnd('/'))), recursive, context.Cancel).ConfigureAwait(false);
        }

        return 0;
    }

    private static async Task PullAsync(Place place, string target, bool recursive, CancellationToken ct)
    {
        using var response = await place.Server.RawAsync("GET", place.Url, null, ct).ConfigureAwait(false);
        switch (Header(response, "X-LXD-type"))
        {
            case "directory":
                if (!recursive)
                {
                    throw new ApiException(0, $"\"{place.Path}\" is a directory: use --recursive");
                }

                Directory.CreateDirectory(target);
                var names = (JsonNode.Parse(await response.Content.ReadAsByteArrayAsync(ct).ConfigureAwait(false))?["metadata"] as JsonArray ?? []).Select(n => (string)n!).ToList();
                await System.Threading.Tasks.Parallel.ForEachAsync(names, new ParallelOptions { MaxDegreeOfParallelism = Parallel, CancellationToken = ct }, async (name, token) =>
                {
                    // The server's answer decides no path of ours.
                    if (name.Contains('/') || name is "." or "..")
                    {
                        throw new ApiException(0, $"The server named an impossible file: {name}");
                    }

                    await PullAsync(place.Below(name), Path.Combine(target, name), true, token).ConfigureAwait(false);
                }).ConfigureAwait(false);
                break;
            case "symlink" when target != "-":
                File.Delete(target);
                File.CreateSymbolicLink(target, Beside(place.Path, (await response.Content.ReadAsStringAsync(ct).ConfigureAwait(false)).Trim()));
                break;
            default:
                await using (var output = target == "-" ? Console.OpenStandardOutput() : new FileStream(target, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 16, FileOptions.Asynchronous))
                {
                    await response.Content.CopyToAsync(output, ct).ConfigureAwait(false);
                }

                if (target != "-" && Header(response, "X-LXD-mode") is { Length: > 0 } mode)
                {
                    File.SetUnixFileMode(target, (UnixFileMode)(Convert.ToInt32(mode, 8) & 0x1ff));
                }

                break;
        }
    }

    private static async Task<int> DeleteAsync(Context context, Arguments arguments)
    {
        foreach (var text in arguments.Rest)
        {
            var place = Find(context, text);
            await place.Server.SendAsync("DELETE", place.Url, (HttpContent?)null, context.Cancel, "", arguments.Has("--force") ? [("X-LXD-force", "true")] : []).ConfigureAwait(false);
        }

        return 0;
    }

    private static async Task<int> EditAsync(Context context, Arguments arguments)
    {
        var place = Find(context, arguments.Rest[0]);
        using var response = await place.Server.RawAsync("GET", place.Url, null, context.Cancel).ConfigureAwait(false);
        if (Header(response, "X-LXD-type") == "directory")
        {
            throw new ApiException(0, "A directory cannot be edited");
        }

        await Editor.EditAsync(await response.Content.ReadAsStringAsync(context.Cancel).ConfigureAwait(false), (text, _) => PostAsync(place, "file", new StringContent(text), [], context.Cancel), context.Cancel).ConfigureAwait(false);
        return 0;
    }

    private static async Task<int> CreateAsync(Context context, Arguments arguments)
    {
        var place = Find(context, arguments.Rest[0]);
        var type = arguments.Get("--type", "file");
        if (arguments.Has("--create-dirs"))
        {
            await MakeDirectoriesAsync(Path.GetDirectoryName(place.Path) ?? "/", place, arguments, context.Cancel).ConfigureAwait(false);
        }

        if (arguments.Has("--force") && type == "symlink")
        {
            try
            {
                await place.Server.SendAsync("DELETE", place.Url, (HttpContent?)null, context.Cancel).ConfigureAwait(false);
            }
            catch (ApiException e) when (e.Status == 404)
            {
                // Nothing to replace.
            }
        }

        var link = arguments.Rest.ElementAtOrDefault(1);
        if (type == "symlink" && link is null)
        {
            throw new ApiException(0, "Symlink target path can only be used for type \"symlink\"");
        }

        await PostAsync(place, type, link is null ? null : new StringContent(link), Headers(arguments, null), context.Cancel).ConfigureAwait(false);
        return 0;
    }

    /// <summary>The server tells where a link leads as an absolute path; one that stays in or below its own directory is made relative, so that a pulled tree holds together.</summary>
    private static string Beside(string link, string target)
    {
        var directory = (Path.GetDirectoryName(link) ?? "/").TrimEnd('/') + "/";
        return target.StartsWith(directory, StringComparison.Ordinal) ? target[directory.Length..] : target;
    }

    private static string Header(HttpResponseMessage response, string name) => response.Headers.TryGetValues(name, out var values) || response.Content.Headers.TryGetValues(name, out values) ? values.First().ToString(CultureInfo.InvariantCulture) : "";
}
