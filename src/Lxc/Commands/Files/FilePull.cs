using Lxc.Framework;
using Lxc.Output;
using Lxd.Client.Sftp;
using Lxd.Core;
using Lxd.Core.Sftp;
using Microsoft.Win32.SafeHandles;

namespace Lxc.Commands.Files;

/// <summary><c>file pull</c>.</summary>
internal static class FilePull
{
    private const int AtOnce = 32;

    public static Command Make() => new("file pull", "[<remote>:]<instance>/<path> [[<remote>:]<instance>/<path>...] <target path>", "Pull files from instances", RunAsync)
    {
        Flags = [FileCommands.CreateDirectories, FileCommands.Recursive], Count = (2, -1), Hints = [Hint.InstancePath, Hint.InstancePathOrFile],
        Examples = "lxc file pull u1/etc/hosts .\n    Put /etc/hosts of u1 here.\n\nlxc file pull u1/etc/hosts -\n    Show it.",
    };

    private static async Task<int> RunAsync(Context context, Arguments arguments)
    {
        var target = arguments.Rest[^1];
        var sources = arguments.Rest[..^1].ConvertAll(s => FilePlace.Parse(context, s, "source"));
        var recursive = arguments.Has("--recursive");
        var into = target != "-" && (recursive || sources.Count > 1 || target.EndsWith('/') || Directory.Exists(target));
        if (arguments.Has("--create-dirs") && target != "-")
        {
            Directory.CreateDirectory(into ? target : Path.GetDirectoryName(Path.GetFullPath(target))!);
        }

        if (into && !Directory.Exists(target))
        {
            throw new ApiException(0, sources.Count > 1 ? "More than one file to download, but target is not a directory" : $"The target {target} is not a directory");
        }

        var progress = context.Progress;
        foreach (var place in sources)
        {
            await using var files = await place.ConnectAsync(context.Cancel).ConfigureAwait(false);
            var there = await files.FindAsync(place.Path, !recursive, context.Cancel).ConfigureAwait(false) ?? throw new ApiException(404, "Not Found");
            var path = into ? Path.Combine(target, place.Name) : target;
            if (there.IsDirectory)
            {
                if (!recursive)
                {
                    throw new ApiException(0, "Can't pull a directory without --recursive");
                }

                await PullTreeAsync(context, files, FilePlace.Clean(place.Path), path, progress).ConfigureAwait(false);
            }
            else
            {
                await PullOneAsync(context, files, place.Path, there, path, progress).ConfigureAwait(false);
            }
        }

        progress.Done();
        return 0;
    }

    private static async Task PullTreeAsync(Context context, SftpClient files, string source, string target, Progress progress)
    {
        var found = new List<(string Source, SftpAttributes Attributes, string Target)>();
        var directories = new List<(string Target, SftpAttributes Attributes)>();
        await PullDirectoryAsync(context, files, source, target, found, directories).ConfigureAwait(false);
        await Parallel.ForEachAsync(found, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = context.Cancel }, async (f, _) => await PullOneAsync(context, files, f.Source, f.Attributes, f.Target, progress).ConfigureAwait(false)).ConfigureAwait(false);
        foreach (var (directory, attributes) in directories)
        {
            // Last, so that one nobody may write to can be filled.
            SetMode(directory, attributes);
        }
    }

    private static async Task PullDirectoryAsync(Context context, SftpClient files, string source, string target, List<(string Source, SftpAttributes Attributes, string Target)> found, List<(string Target, SftpAttributes Attributes)> directories)
    {
        await context.InformAsync($"Pulling {target} from {source} (directory)").ConfigureAwait(false);
        var own = await files.FindAsync(source, false, context.Cancel).ConfigureAwait(false) ?? throw new ApiException(404, "Not Found");
        Directory.CreateDirectory(target);
        directories.Insert(0, (target, own));
        foreach (var (name, attributes) in await files.ListAsync(source, context.Cancel).ConfigureAwait(false))
        {
            // The server's answer decides no path of ours.
            if (name.Contains('/') || name.Length == 0)
            {
                throw new ApiException(0, $"The server named an impossible file: {name}");
            }

            if (attributes.IsDirectory)
            {
                await PullDirectoryAsync(context, files, FilePlace.Join(source, name), Path.Combine(target, name), found, directories).ConfigureAwait(false);
            }
            else if (attributes.IsFile || attributes.IsLink)
            {
                found.Add((FilePlace.Join(source, name), attributes, Path.Combine(target, name)));
            }
            else
            {
                await context.Err.WriteLineAsync($"Skipping {FilePlace.Join(source, name)}: neither a file, a directory nor a link").ConfigureAwait(false);
            }
        }
    }

    private static async Task PullOneAsync(Context context, SftpClient files, string source, SftpAttributes attributes, string target, Progress progress)
    {
        await context.InformAsync($"Pulling {target} from {source} ({(attributes.IsLink ? "symlink" : "file")})").ConfigureAwait(false);
        if (attributes.IsLink)
        {
            var link = await files.ReadLinkAsync(source, context.Cancel).ConfigureAwait(false);
            File.Delete(target);
            File.CreateSymbolicLink(target, link);
            return;
        }

        if (!attributes.IsFile)
        {
            throw new ApiException(0, $"Cannot read non-regular file \"{source}\"");
        }

        if (target == "-")
        {
            await using var output = Console.OpenStandardOutput();
            await files.ReadAsync(source, output, context.Cancel).ConfigureAwait(false);
            return;
        }

        if (new FileInfo(target).LinkTarget is not null)
        {
            // A link here would lead the content elsewhere.
            File.Delete(target);
        }

        progress.Show($"Pulling {target} from {source}");
        var whole = attributes.Size is { } size and < SftpProtocol.ShortData ? await files.ReadSmallAsync(source, (int)size, context.Cancel).ConfigureAwait(false) : null;
        using (var output = File.OpenHandle(target, FileMode.Create, FileAccess.Write, FileShare.None))
        {
            if (whole is not null)
            {
                RandomAccess.Write(output, whole, 0);
            }
            else
            {
                await ReadAsync(files, source, output, context.Cancel).ConfigureAwait(false);
            }
        }

        SetMode(target, attributes);
    }

    private static Task ReadAsync(SftpClient files, string source, SafeFileHandle output, CancellationToken ct)
    {
        var offset = 0L;
        return files.ReadAsync(source, pieces =>
        {
            RandomAccess.Write(output, pieces, offset);
            offset += pieces.Sum(p => (long)p.Length);
            return ValueTask.CompletedTask;
        }, ct);
    }

    private static void SetMode(string path, SftpAttributes attributes)
    {
        if (attributes.Mode is { } mode)
        {
            File.SetUnixFileMode(path, (UnixFileMode)(mode & 0x1ff));
        }
    }
}
