using Lxc.Commands.Instances;
using Lxc.Framework;
using Lxd.Client;
using Lxd.Client.Sftp;
using Lxd.Core;

namespace Lxc.Commands.Files;

/// <summary><c>[REMOTE:]INSTANCE/PATH</c>.</summary>
internal sealed record FilePlace(LxdConnection Server, string Instance, string Path)
{
    /// <param name="what">What a message calls it: source, or target path.</param>
    public static FilePlace Parse(Context context, string text, string what)
    {
        var slash = text.IndexOf('/');
        if (slash <= 0)
        {
            throw new ApiException(0, $"Invalid {what} {text}");
        }

        var (server, name) = context.Resolve(text[..slash]);
        return name.Length > 0 ? new FilePlace(server, name, text[slash..]) : throw new ApiException(0, $"Invalid {what} {text}");
    }

    public Task<SftpClient> ConnectAsync(CancellationToken ct) => SftpClient.ConnectAsync(Server, InstanceCommands.PathOf(Instance), ct);

    /// <summary>The last word of its path.</summary>
    public string Name => Clean(Path).Split('/')[^1];

    /// <summary>Without double, empty and dotted parts; <c>/</c> for the top.</summary>
    public static string Clean(string path)
    {
        var parts = new List<string>();
        foreach (var part in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (part == ".." && parts.Count > 0)
            {
                parts.RemoveAt(parts.Count - 1);
            }
            else if (part is not ("." or ".."))
            {
                parts.Add(part);
            }
        }

        return "/" + string.Join('/', parts);
    }

    public static string Join(string directory, string name) => directory.TrimEnd('/') + "/" + name;

    public static string Parent(string path) => Clean(path) is var clean && clean.LastIndexOf('/') is > 0 and var slash ? clean[..slash] : "/";
}
