using System.Globalization;
using System.Text.Json.Nodes;
using Lxc.Framework;
using Lxc.Output;
using Lxd.Core;
using Lxd.Core.Api;

namespace Lxc.Commands;

/// <summary><c>image list</c>, of LXD and of simplestreams servers.</summary>
internal static class ImageListCommand
{
    public static Command Make() => new("image list", "[<remote>:] [<filter>...]", "List images", RunAsync)
    {
        Aliases = ["ls"],
        Flags = [new("--format", "-f", "format", "table, compact, csv, json or yaml"), new("--columns", "-c", "letters", "Columns"), new("--all-projects", Help: "Of all projects")],
    };

    private static (string Header, Func<Image, string> Text) Column(char letter) => letter switch
    {
        'e' => ("PROJECT", i => i.Project),
        'l' => ("ALIAS", i => i.Aliases.Count switch { 0 => "", 1 => i.Aliases[0].Name, var n => $"{i.Aliases.Select(a => a.Name).MinBy(a => a.Length)} ({n - 1} more)" }),
        'L' => ("ALIASES", i => string.Join('\n', i.Aliases.Select(a => a.Name))),
        'f' => ("FINGERPRINT", i => i.Fingerprint.Length > 12 ? i.Fingerprint[..12] : i.Fingerprint),
        'F' => ("FINGERPRINT", i => i.Fingerprint),
        'p' => ("PUBLIC", i => i.Public ? "yes" : "no"),
        'd' => ("DESCRIPTION", i => i.Properties.GetValueOrDefault("description", "")),
        'a' => ("ARCHITECTURE", i => i.Architecture),
        't' => ("TYPE", i => i.Type.ToUpperInvariant()),
        's' => ("SIZE", i => Units.FormatBytes(i.Size)),
        'u' => ("UPLOAD DATE", i => i.UploadedAt.Year <= 1970 ? "" : i.UploadedAt.ToString("MMM d, yyyy 'at' h:mmtt '(UTC)'", CultureInfo.InvariantCulture).Replace("AM", "am", StringComparison.Ordinal).Replace("PM", "pm", StringComparison.Ordinal)),
        _ => throw new ApiException(0, $"Unknown column shorthand char '{letter}'"),
    };

    private static async Task<int> RunAsync(Context context, Arguments arguments)
    {
        var remote = context.Config.Default;
        var filters = new List<string>();
        foreach (var word in arguments.Rest)
        {
            if (word.Contains(':') && !word.Contains('=') && context.Config.Remotes.ContainsKey(word[..word.IndexOf(':')]))
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
            ? [.. (await context.Streams(remote).ListAsync(context.Cancel).ConfigureAwait(false)).Select(i => i.Image)]
            : await context.Server(remote).GetAsync<List<Image>>("/1.0/images?recursion=1" + (arguments.Has("--all-projects") ? "&all-projects=true" : ""), context.Cancel).ConfigureAwait(false);
        var shown = all.Where(i => filters.All(f => Matches(i, f))).ToList();
        if (streams)
        {
            shown = [.. shown.Where(i => i.Aliases.Count > 0 || filters.Any(f => i.Fingerprint.StartsWith(f, StringComparison.Ordinal)))];
        }

        var columns = arguments.Get("--columns", arguments.Has("--all-projects") ? "elfpdatsu" : "lfpdatsu").Select(Column).ToList();
        var rows = shown.Select(i => (IReadOnlyList<string>)[.. columns.Select(c => c.Text(i))]).OrderBy(r => string.Join('\u0001', r), StringComparer.Ordinal);
        await context.Out.WriteAsync(Table.Render(arguments.Get("--format", "table"), [.. columns.Select(c => c.Header)], rows, Json.Node(shown))).ConfigureAwait(false);
        return 0;
    }

    /// <summary>A property with its value, or the beginning of a fingerprint or part of an alias.</summary>
    private static bool Matches(Image image, string filter)
    {
        var pair = filter.Split('=', 2);
        if (pair.Length == 2)
        {
            return pair[0] switch
            {
                "type" => image.Type == pair[1],
                "architecture" => image.Architecture == DatabaseCodes.Canonical(pair[1]),
                "public" => image.Public == (pair[1] is "true" or "yes"),
                "cached" => image.Cached == (pair[1] is "true" or "yes"),
                var key => image.Properties.GetValueOrDefault(key) is { } value && (value == pair[1] || value.StartsWith(pair[1], StringComparison.OrdinalIgnoreCase)),
            };
        }

        return image.Fingerprint.StartsWith(filter, StringComparison.Ordinal) || image.Aliases.Any(a => a.Name.Contains(filter, StringComparison.Ordinal)) || image.Properties.Values.Any(v => v == filter) || DatabaseCodes.Canonical(filter) == image.Architecture;
    }
}
