using Lxc.Framework;
using Lxc.Output;
using Lxc.Terminal;
using Lxd.Client.Sftp;
using Lxd.Core;
using Lxd.Core.Sftp;

namespace Lxc.Commands.Files;

/// <summary><c>file push</c>.</summary>
internal static class FilePush
{
    /// <summary>How many files are on their way at once.</summary>
    private const int AtOnce = 64;

    /// <summary>Of directories that <c>--create-dirs</c> makes: rwxr-x---.</summary>
    private const uint DirectoryMode = 0x1e8;

    public static Command Make() => new("file push", "<source path>... [<remote>:]<instance>/<path>", "Push files into instances", RunAsync)
    {
        Flags = [.. FileCommands.Owner, FileCommands.CreateDirectories, FileCommands.Recursive], Count = (2, -1), Hints = [Hint.File, Hint.InstancePathOrFile],
        Examples = "lxc file push /etc/hosts u1/etc/hosts\n    The file becomes /etc/hosts of u1.\n\necho text | lxc file push - u1/root/test.txt\n    Standard input becomes the file.",
    };

    private static async Task<int> RunAsync(Context context, Arguments arguments)
    {
        var target = FilePlace.Parse(context, arguments.Rest[^1], "target");
        var sources = arguments.Rest[..^1];
        var recursive = arguments.Has("--recursive");
        if (recursive && arguments.Given("--mode"))
        {
            throw new ApiException(0, "Can't supply uid/gid/mode in recursive mode");
        }

        if (sources.Find(s => s != "-" && !File.Exists(s) && !Directory.Exists(s)) is { } missing)
        {
            throw new ApiException(0, $"open {missing}: no such file or directory");
        }

        if (!recursive && sources.Find(Directory.Exists) is { } directory)
        {
            throw new ApiException(0, $"\"{directory}\" is a directory: use --recursive");
        }

        await using var files = await target.ConnectAsync(context.Cancel).ConfigureAwait(false);
        var into = recursive || sources.Count > 1 || target.Path.EndsWith('/') || target.Path.EndsWith("/.", StringComparison.Ordinal) || await files.FindAsync(target.Path, true, context.Cancel).ConfigureAwait(false) is { IsDirectory: true };
        if (arguments.Has("--create-dirs"))
        {
            await FileCommands.MakeDirectoriesAsync(files, into ? target.Path : FilePlace.Parent(target.Path), FileCommands.Attributes(arguments, null, null) with { Mode = recursive ? 0x1ed : DirectoryMode }, context.Cancel).ConfigureAwait(false);
        }
        else if (into && await files.FindAsync(target.Path, true, context.Cancel).ConfigureAwait(false) is not { IsDirectory: true })
        {
            throw new ApiException(404, "Not Found");
        }

        var progress = context.Progress;
        foreach (var source in sources)
        {
            var path = into ? FilePlace.Join(target.Path, Name(source)) : target.Path;
            await PushAsync(context, arguments, files, source, FilePlace.Clean(path), progress).ConfigureAwait(false);
        }

        progress.Done();
        return 0;
    }

    /// <summary>Of <c>./</c> nothing: then what is in it goes, not itself.</summary>
    private static string Name(string source) => source == "-" ? "stdin" : Path.GetFileName(Path.TrimEndingDirectorySeparator(source)) is "." or "" ? "." : Path.GetFileName(Path.TrimEndingDirectorySeparator(source)) is ".." ? Path.GetFileName(Path.GetFullPath(source)) : Path.GetFileName(Path.TrimEndingDirectorySeparator(source));

    private static async Task PushAsync(Context context, Arguments arguments, SftpClient files, string source, string path, Progress progress)
    {
        if (source != "-" && Directory.Exists(source) && new DirectoryInfo(source).LinkTarget is null)
        {
            await PushTreeAsync(context, arguments, files, source, path, progress).ConfigureAwait(false);
            return;
        }

        await PushFileAsync(context, arguments, files, source, path, progress).ConfigureAwait(false);
    }

    /// <summary>Directories first, then all files of the tree at once.</summary>
    private static async Task PushTreeAsync(Context context, Arguments arguments, SftpClient files, string source, string path, Progress progress)
    {
        var found = new List<(string Source, string Path)>();
        await PushDirectoryAsync(context, arguments, files, source, path, found).ConfigureAwait(false);
        await Parallel.ForEachAsync(found, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = context.Cancel }, async (f, _) => await PushFileAsync(context, arguments, files, f.Source, f.Path, progress).ConfigureAwait(false)).ConfigureAwait(false);
    }

    private static async Task PushDirectoryAsync(Context context, Arguments arguments, SftpClient files, string source, string path, List<(string Source, string Path)> found)
    {
        await context.InformAsync($"Pushing {source} to {path} (directory)").ConfigureAwait(false);
        if (await files.FindAsync(path, true, context.Cancel).ConfigureAwait(false) is null)
        {
            await files.MakeDirectoryAsync(path, context.Cancel).ConfigureAwait(false);
            await files.SetAsync(path, FileCommands.Attributes(arguments, LocalFile.Owner(source), (uint)File.GetUnixFileMode(source) & 0xfff), !arguments.Given("--uid") && !arguments.Given("--gid"), context.Cancel).ConfigureAwait(false);
        }

        foreach (var entry in new DirectoryInfo(source).EnumerateFileSystemInfos())
        {
            var below = FilePlace.Join(path, entry.Name);
            if (entry.LinkTarget is { } link)
            {
                await PushLinkAsync(context, files, link, below).ConfigureAwait(false);
            }
            else if (entry is DirectoryInfo)
            {
                await PushDirectoryAsync(context, arguments, files, entry.FullName, below, found).ConfigureAwait(false);
            }
            else
            {
                found.Add((entry.FullName, below));
            }
        }
    }

    private static async Task PushLinkAsync(Context context, SftpClient files, string target, string path)
    {
        await context.InformAsync($"Pushing a link to {target} to {path} (symlink)").ConfigureAwait(false);
        if (await files.FindAsync(path, false, context.Cancel).ConfigureAwait(false) is { IsDirectory: false })
        {
            await files.RemoveAsync(path, context.Cancel).ConfigureAwait(false);
        }

        await files.LinkAsync(path, target, context.Cancel).ConfigureAwait(false);
    }

    private static async Task PushFileAsync(Context context, Arguments arguments, SftpClient files, string source, string path, Progress progress)
    {
        var input = source == "-";
        if (!input && !LocalFile.IsRegular(source) && source != "/dev/null")
        {
            throw new ApiException(0, $"'{source}' isn't a supported file type");
        }

        await context.InformAsync($"Pushing {source} to {path} (file)").ConfigureAwait(false);
        await using var stream = input ? Console.OpenStandardInput() : new FileStream(source, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, 1, FileOptions.SequentialScan);
        var attributes = FileCommands.Attributes(arguments, input ? null : LocalFile.Owner(source), input ? null : (uint)File.GetUnixFileMode(source) & 0xfff);
        var content = progress.Reading(stream, input || !stream.CanSeek ? 0 : stream.Length, $"Pushing {source} to {path}");
        await files.WriteAsync(path, content, attributes is { Mode: null, Owner: null } ? null : attributes, !arguments.Given("--uid") && !arguments.Given("--gid"), context.Cancel).ConfigureAwait(false);
    }
}
