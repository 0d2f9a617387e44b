using System.Globalization;
using Lxc.Commands.Shared;
using Lxc.Framework;
using Lxc.Output;
using Lxd.Core;
using Lxd.Core.Api;

namespace Lxc.Commands.Images;

/// <summary><c>image list</c>, of LXD and of simplestreams servers.</summary>
internal static class ImageListCommand
{
    private static readonly Columns<Image> Columns = new(
        "lfpdatsu",
        new('a', "ARCHITECTURE", i => i.Architecture),
        new('d', "DESCRIPTION", i => i.Properties.GetValueOrDefault("description", "")),
        new('e', "PROJECT", i => i.Project),
        new('f', "FINGERPRINT", i => i.Fingerprint.Length > 12 ? i.Fingerprint[..12] : i.Fingerprint),
        new('F', "FINGERPRINT", i => i.Fingerprint),
        new('l', "ALIAS", ShortestAlias),
        new('L', "ALIASES", i => string.Join('\n', i.Aliases.Select(a => a.Name))),
        new('p', "PUBLIC", i => i.Public ? "yes" : "no"),
        new('s', "SIZE", i => Size(i.Size)),
        new('t', "TYPE", i => i.Type.ToUpperInvariant()),
        new('u', "UPLOAD DATE", i => Times.Long(i.UploadedAt)));

    public static Command Make() => new("image list", "[<remote>:] [<filter>...]", "List images", RunAsync)
    {
        Aliases = ["ls"],
        Flags = [Flags.AllProjects, Flags.Columns(Columns.Usual), Flags.Format], Hints = [Hint.ImageRemote],
        Long = """
            Filters are properties (os=Debian), and parts of a fingerprint or of an alias.

            Columns, commas between which may be left out:
              l shortest alias   L all aliases   f fingerprint   F whole fingerprint   p public
              d description      a architecture  s size          u upload date         t type    e project
            """,
    };

    public static string Size(long bytes) => (bytes / 1048576.0).ToString("F2", CultureInfo.InvariantCulture) + "MiB";

    private static string ShortestAlias(Image image) => image.Aliases.Count switch
    {
        0 => "",
        1 => image.Aliases[0].Name,
        var count => $"{image.Aliases.Select(a => a.Name).MinBy(a => a.Length)} ({count - 1} more)",
    };

    private static async Task<int> RunAsync(Context context, Arguments arguments)
    {
        var remote = context.Config.Default;
        var filters = new List<string>();
        foreach (var word in arguments.Rest)
        {
            if (word.IndexOf(':') is >= 0 and var colon && !word.Contains('=') && context.Config.Remotes.ContainsKey(word[..colon]))
            {
                (remote, var name) = context.Config.Split(word);
                filters.AddRange(name.Length > 0 ? [name] : []);
            }
            else
            {
                filters.Add(word);
            }
        }

        var streams = context.Config.Get(remote).Protocol == "simplestreams";
        var all = streams
            ? [.. await context.Streams(remote).ListAsync([DatabaseCodes.HostArchitecture], context.Cancel).ConfigureAwait(false)]
            : await context.Server(remote).GetAsync<List<Image>>("/1.0/images" + Remoting.Query(("recursion", "1"), Remoting.AllProjects(arguments)), context.Cancel).ConfigureAwait(false);
        var shown = all.Where(i => filters.All(f => Matches(i, f))).ToList();
        if (streams)
        {
            shown = [.. shown.Where(i => i.Aliases.Count > 0 || filters.Exists(f => i.Fingerprint.StartsWith(f, StringComparison.Ordinal)))];
        }

        var columns = Columns.Parse(arguments.Get("--columns", (arguments.Has("--all-projects") ? "e" : "") + Columns.Usual));
        await Listing.WriteAsync(context, arguments, columns, shown, Json.Node(shown)).ConfigureAwait(false);
        return 0;
    }

    /// <summary>A property with its value, or part of a fingerprint or of an alias.</summary>
    private static bool Matches(Image image, string filter)
    {
        if (filter.IndexOf('=') is > 0 and var equals)
        {
            var (key, value) = (filter[..equals], filter[(equals + 1)..]);
            return key switch
            {
                "type" => image.Type == value,
                "architecture" => image.Architecture == DatabaseCodes.Canonical(value),
                "public" => image.Public == (value is "true" or "yes"),
                "cached" => image.Cached == (value is "true" or "yes"),
                _ => image.Properties.GetValueOrDefault(key) is { } own && (own == value || own.StartsWith(value, StringComparison.OrdinalIgnoreCase)),
            };
        }

        return image.Fingerprint.Contains(filter, StringComparison.Ordinal) || image.Aliases.Any(a => a.Name.Contains(filter, StringComparison.Ordinal)) || image.Properties.Values.Any(v => v == filter) || DatabaseCodes.Canonical(filter) == image.Architecture;
    }
}
