using System.Globalization;
using System.Text.RegularExpressions;
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
        foreach (var (word, first) in arguments.Rest.Select((w, i) => (w, i == 0)))
        {
            var isRemote = word.Contains(':') && !word.Contains('=') && (first || context.Config.Remotes.ContainsKey(word.Split(':')[0]));
            var name = word;
            if (isRemote)
            {
                (remote, name) = context.Config.Split(word);
            }

            filters.AddRange(name.Length > 0 ? [name] : []);
        }

        var streams = context.Config.Get(remote).Protocol == "simplestreams";
        var all = streams
            ? [.. await context.Streams(remote).ListAsync([DatabaseCodes.HostArchitecture], context.Cancel).ConfigureAwait(false)]
            : await context.Server(remote).GetAsync<List<Image>>("/1.0/images" + Remoting.Query(("recursion", "1"), Remoting.AllProjects(arguments)), context.Cancel).ConfigureAwait(false);
        var shown = all.Where(i => filters.All(f => Matches(i, f))).ToList();
        var columns = Columns.Parse(arguments.Get("--columns", (arguments.Has("--all-projects") ? "e" : "") + Columns.Usual));
        await Listing.WriteAsync(context, arguments, columns, shown, Listing.Raw(arguments, () => Json.Node(shown))).ConfigureAwait(false);
        return 0;
    }

    /// <summary>A property with its value, or part of a fingerprint or of an alias.</summary>
    private static bool Matches(Image image, string filter)
    {
        if (filter.IndexOf('=') is not (> 0 and var equals))
        {
            return image.Fingerprint.Contains(filter, StringComparison.Ordinal) || image.Aliases.Any(a => a.Name.Contains(filter, StringComparison.Ordinal));
        }

        var (key, value) = (filter[..equals], filter[(equals + 1)..]);
        var field = key switch
        {
            "type" => image.Type,
            "architecture" => image.Architecture,
            "fingerprint" => image.Fingerprint,
            "public" => Word(image.Public),
            "cached" => Word(image.Cached),
            "auto_update" => Word(image.AutoUpdate),
            _ => null,
        };
        return (field is not null && IsLike(field, value is "yes" ? "true" : value is "no" ? "false" : key is "type" ? value.ToLowerInvariant() : value)) || image.Properties.Any(p => IsShort(key, p.Key) && IsLike(p.Value, value));
    }

    private static string Word(bool value) => value ? "true" : "false";

    /// <summary>Whether a key is another with its parts cut short: <c>o</c> for <c>os</c>, <c>r.n</c> for <c>requirements.nesting</c>.</summary>
    private static bool IsShort(string key, string name)
    {
        var (parts, whole) = (key.Split('.'), name.Split('.'));
        return parts.Length == whole.Length && parts.Zip(whole).All(p => p.Second.StartsWith(p.First, StringComparison.Ordinal));
    }

    /// <summary>Whether a value is the one wanted, or fits it as a regular expression: as a whole, unless that says itself where it begins or ends.</summary>
    private static bool IsLike(string value, string wanted)
    {
        try
        {
            return value == wanted || Regex.IsMatch(value, wanted.Contains('^') || wanted.Contains('$') ? wanted : $"^(?:{wanted})$");
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            return false;
        }
    }
}
