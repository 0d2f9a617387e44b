using System.Text;
using Lxc.Framework;
using Lxc.Terminal;
using Lxd.Client.Sftp;
using Lxd.Core;
using Lxd.Core.Sftp;

namespace Lxc.Commands.Files;

/// <summary><c>file</c>: files of instances.</summary>
internal static class FileCommands
{
    private const string Path = "[<remote>:]<instance>/<path>";

    /// <summary>Who owns a file and what it permits.</summary>
    public static Flag[] Owner { get; } = [new("--uid", Value: "id", Help: "Owner") { Number = true, Default = "-1" }, new("--gid", Value: "id", Help: "Group") { Number = true, Default = "-1" }, new("--mode", Value: "octal", Help: "Permissions")];

    public static Flag CreateDirectories { get; } = new("--create-dirs", "-p", Help: "Make missing directories");

    public static Flag Recursive { get; } = new("--recursive", "-r", Help: "With everything below");

    public static IEnumerable<Command> All() =>
    [
        FilePush.Make(),
        FilePull.Make(),
        FileMount.Make(),
        new("file delete", $"{Path} [{Path}...]", "Delete files in instances", DeleteAsync) { Aliases = ["rm"], Flags = [new("--force", "-f", Help: "Directories with everything below")], Count = (1, -1), Hints = [Hint.InstancePath] },
        new("file edit", Path, "Edit files in instances", EditAsync) { Count = (1, 1), Hints = [Hint.InstancePath] },
        new("file create", $"{Path} [<symlink target path>]", "Create files, directories and symlinks in instances", CreateAsync)
        {
            Flags = [.. Owner, CreateDirectories, new("--force", "-f", Help: "Replace what is there"), new("--type", Value: "type", Help: "file, directory or symlink") { Default = "file" }], Count = (1, 2), Hints = [Hint.InstancePath, Hint.None],
            Examples = "lxc file create c1/etc/motd\n    An empty file.\n\nlxc file create --type=symlink c1/bar baz\n    A link that leads to baz.",
        },
    ];

    /// <summary>The owner and permissions that flags give, over those a file has here.</summary>
    public static SftpAttributes Attributes(Arguments arguments, (uint Uid, uint Gid)? owner, uint? mode)
    {
        var (uid, gid) = (arguments.Int("--uid", -1), arguments.Int("--gid", -1));
        if (arguments.Get("--mode") is { Length: > 0 } text)
        {
            mode = ReadMode(text);
        }

        return new(Mode: mode, Owner: uid < 0 && gid < 0 ? owner : (uid >= 0 ? (uint)uid : owner?.Uid ?? 0, gid >= 0 ? (uint)gid : owner?.Gid ?? 0));
    }

    private static uint ReadMode(string text)
    {
        try
        {
            return Convert.ToUInt32(text, 8) & 0xfff;
        }
        catch (Exception e) when (e is FormatException or OverflowException or ArgumentException)
        {
            throw new ApiException(0, $"Invalid mode \"{text}\"", e);
        }
    }

    /// <summary>Makes a directory and those above it where they are missing.</summary>
    public static async Task MakeDirectoriesAsync(SftpClient files, string path, SftpAttributes attributes, CancellationToken ct)
    {
        var made = "";
        foreach (var part in FilePlace.Clean(path).Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            made += "/" + part;
            if (await files.FindAsync(made, true, ct).ConfigureAwait(false) is { } there)
            {
                if (!there.IsDirectory)
                {
                    throw new ApiException(0, $"{made} is not a directory");
                }

                continue;
            }

            await files.MakeDirectoryAsync(made, ct).ConfigureAwait(false);
            await files.SetAsync(made, attributes, true, ct).ConfigureAwait(false);
        }
    }

    private static async Task<int> DeleteAsync(Context context, Arguments arguments)
    {
        foreach (var text in arguments.Rest)
        {
            var place = FilePlace.Parse(context, text, "path");
            await using var files = await place.ConnectAsync(context.Cancel).ConfigureAwait(false);
            await RemoveAsync(files, FilePlace.Clean(place.Path), arguments.Has("--force"), context.Cancel).ConfigureAwait(false);
        }

        return 0;
    }

    private static async Task RemoveAsync(SftpClient files, string path, bool below, CancellationToken ct)
    {
        var there = await files.FindAsync(path, false, ct).ConfigureAwait(false) ?? throw new ApiException(404, "Not Found");
        if (!there.IsDirectory)
        {
            await files.RemoveAsync(path, ct).ConfigureAwait(false);
            return;
        }

        foreach (var (name, _) in below ? await files.ListAsync(path, ct).ConfigureAwait(false) : [])
        {
            await RemoveAsync(files, FilePlace.Join(path, name), true, ct).ConfigureAwait(false);
        }

        await files.RemoveDirectoryAsync(path, ct).ConfigureAwait(false);
    }

    private static async Task<int> EditAsync(Context context, Arguments arguments)
    {
        var place = FilePlace.Parse(context, arguments.Rest[0], "path");
        await using var files = await place.ConnectAsync(context.Cancel).ConfigureAwait(false);
        var there = await files.FindAsync(place.Path, true, context.Cancel).ConfigureAwait(false);
        if (there is { IsFile: false })
        {
            throw new ApiException(0, $"Cannot edit non-regular file \"{place.Path}\"");
        }

        using var content = new MemoryStream();
        if (there is not null && !Console.IsInputRedirected)
        {
            await files.ReadAsync(place.Path, content, context.Cancel).ConfigureAwait(false);
        }

        await Editor.EditAsync(Encoding.UTF8.GetString(content.ToArray()), async (text, _) =>
        {
            using var edited = new MemoryStream(Encoding.UTF8.GetBytes(text));
            await files.WriteAsync(place.Path, edited, null, false, context.Cancel).ConfigureAwait(false);
        }, context.Cancel).ConfigureAwait(false);
        return 0;
    }

    private static async Task<int> CreateAsync(Context context, Arguments arguments)
    {
        var place = FilePlace.Parse(context, arguments.Rest[0], "path");
        var type = arguments.Get("--type", arguments.Rest[0].EndsWith('/') ? "directory" : "file");
        if (type is not ("file" or "directory" or "symlink"))
        {
            throw new ApiException(0, $"Invalid type \"{type}\"");
        }

        if (type == "symlink" != arguments.Rest.Count > 1)
        {
            throw new ApiException(0, type == "symlink" ? "Missing symlink target path" : "Symlink target path can only be used for type \"symlink\"");
        }

        var path = FilePlace.Clean(place.Path);
        await using var files = await place.ConnectAsync(context.Cancel).ConfigureAwait(false);
        if (arguments.Has("--create-dirs"))
        {
            await MakeDirectoriesAsync(files, FilePlace.Parent(path), new(Mode: 0x1e8), context.Cancel).ConfigureAwait(false);
        }

        if (arguments.Has("--force") && type == "symlink" && await files.FindAsync(path, false, context.Cancel).ConfigureAwait(false) is { IsDirectory: false })
        {
            await files.RemoveAsync(path, context.Cancel).ConfigureAwait(false);
        }

        var attributes = Attributes(arguments, null, type == "directory" ? 0x1ed : type == "file" ? 0x1a4 : null);
        switch (type)
        {
            case "symlink":
                await files.LinkAsync(path, arguments.Rest[1], context.Cancel).ConfigureAwait(false);
                break;
            case "directory":
                await files.MakeDirectoryAsync(path, context.Cancel).ConfigureAwait(false);
                await files.SetAsync(path, attributes, false, context.Cancel).ConfigureAwait(false);
                break;
            default:
                if (!arguments.Has("--force") && await files.FindAsync(path, false, context.Cancel).ConfigureAwait(false) is not null)
                {
                    throw new ApiException(0, $"File \"{path}\" already exists");
                }

                await files.WriteAsync(path, Stream.Null, attributes, false, context.Cancel).ConfigureAwait(false);
                break;
        }

        return 0;
    }
}
