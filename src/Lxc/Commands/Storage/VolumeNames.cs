using Lxc.Commands.Shared;
using Lxc.Framework;
using Lxd.Client;
using Lxd.Core;

namespace Lxc.Commands.Storage;

/// <summary><c>[TYPE/]VOLUME[/SNAPSHOT]</c>.</summary>
internal sealed record VolumeName(string Type, string Volume, string Snapshot)
{
    private static readonly string[] Types = ["custom", "container", "virtual-machine", "image"];

    /// <param name="withoutType">Whether the type cannot be said, so that the first word is the volume.</param>
    public static VolumeName Parse(string text, bool withoutType = false)
    {
        var parts = text.Split('/');
        var type = !withoutType && parts.Length > 1 && Types.Contains(parts[0]) ? parts[0] : "";
        var rest = type.Length > 0 ? parts[1..] : parts;
        if (rest.Length > 2 || Array.Exists(rest, string.IsNullOrEmpty))
        {
            throw new ApiException(0, "Invalid storage volume name");
        }

        return new(type.Length > 0 ? type : "custom", rest[0], rest.Length > 1 ? rest[1] : "");
    }

    public string Parent(string pool) => $"{StorageCommands.Url(pool)}/volumes/{Type}/{Uri.EscapeDataString(Volume)}";

    public string Url(string pool) => Snapshot.Length > 0 ? $"{Parent(pool)}/snapshots/{Uri.EscapeDataString(Snapshot)}" : Parent(pool);
}

/// <summary><c>[REMOTE:]POOL/VOLUME[/SNAPSHOT]</c>.</summary>
internal sealed record VolumePlace(string Remote, LxdConnection Server, string Pool, VolumeName Name)
{
    /// <param name="what">What a message calls the volume: source or target.</param>
    public static VolumePlace Parse(Context context, string text, string what)
    {
        var (remote, path) = context.Config.Split(text);
        var slash = path.IndexOf('/');
        return slash > 0 ? new(remote, context.Server(remote), path[..slash], VolumeName.Parse(path[(slash + 1)..])) : throw new ApiException(0, $"No storage pool for {what} volume specified");
    }
}

/// <summary>Volumes as arguments name them.</summary>
internal static class VolumeFinder
{
    /// <summary><c>[REMOTE:]POOL [TYPE/]VOLUME[/SNAPSHOT]</c> at the beginning of the arguments.</summary>
    public static Target Find(Context context, Arguments arguments)
    {
        var (server, pool) = context.Resolve(arguments.Rest[0]);
        var name = VolumeName.Parse(arguments.Rest[1]);
        return new(server, name.Url(pool), name.Snapshot.Length > 0 ? Shape.VolumeSnapshot : Shape.Volume, [.. arguments.Rest.Skip(2)], Remoting.Query(("target", Remoting.TargetOf(arguments))).TrimStart('?'));
    }
}
