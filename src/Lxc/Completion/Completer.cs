using Lxc.Framework;
using Lxc.Remotes;
using Lxd.Core;

namespace Lxc.Completion;

/// <summary>What the word under the cursor may become: a candidate a line, then a line <c>:N</c> that tells the shell what to do with them.</summary>
internal static class Completer
{
    private const int Files = 0;
    private const int NoSpace = 2;
    private const int NoFiles = 4;

    /// <param name="words">The words of the line; the last one is being written.</param>
    public static async Task<int> RunAsync(string[] words, CancellationToken ct)
    {
        var (candidates, directive) = await FindAsync(words, ct).ConfigureAwait(false);
        await Console.Out.WriteAsync(string.Concat(candidates.Distinct().Select(c => c + "\n")) + $":{directive}\n").ConfigureAwait(false);
        return 0;
    }

    private static async Task<(IEnumerable<string> Candidates, int Directive)> FindAsync(string[] words, CancellationToken ct)
    {
        var current = words.Length > 0 ? words[^1] : "";
        var before = words.Length > 0 ? words[..^1].ToList() : [];
        try
        {
            var places = CommandLine.Plain(before);
            var plain = Registry.Canonical(places.ConvertAll(i => before[i]));
            if (plain.Count > 0 && Registry.Find(plain) is var (command, count))
            {
                return await OfCommandAsync(command, CommandLine.Without(before, places[..count]), current, ct).ConfigureAwait(false);
            }

            var prefix = plain.Count == 0 ? "" : string.Join(' ', plain) + " ";
            var names = (plain.Count == 0 ? Registry.All : Registry.For(plain[0])).Where(c => c.Rarity != Rarity.Hidden && c.Path.StartsWith(prefix, StringComparison.Ordinal)).Select(c => c.Path[prefix.Length..].Split(' ')[0]);
            var flags = current.StartsWith('-') ? CommandLine.Global.Select(g => g.Long) : [];
            return (Begin(names.Concat(plain.Count == 0 ? new ClientConfig().Aliases.Keys : []).Concat(flags), current), NoFiles);
        }
        catch (Exception e) when (e is ApiException or UsageException or IOException or HttpRequestException or UnauthorizedAccessException)
        {
            // Nobody wants errors in the middle of a line.
            return ([], NoFiles);
        }
    }

    private static async Task<(IEnumerable<string> Candidates, int Directive)> OfCommandAsync(Command command, List<string> words, string current, CancellationToken ct)
    {
        var flags = CommandLine.FlagsOf(command);
        var dashes = words.Contains("--");
        if (current.StartsWith('-') && !dashes)
        {
            return (Begin(flags.Select(f => f.Long), current), NoFiles);
        }

        // The value of a flag is not an argument.
        if (words.Count > 0 && words[^1].StartsWith('-') && flags.FirstOrDefault(f => f.Long == words[^1] || f.Short == words[^1]) is { IsSwitch: false, Alone: "" } flag)
        {
            return flag.Long == "--format" ? (Begin(["csv", "json", "table", "yaml", "compact"], current), NoFiles) : flag.Long is "--project" or "--target-project" ? await NamesAsync(Hint.Project, [], current, false, ct).ConfigureAwait(false)
                : flag.Long == "--profile" ? await NamesAsync(Hint.Profile, [], current, false, ct).ConfigureAwait(false) : flag.Long == "--storage" ? await NamesAsync(Hint.Pool, [], current, false, ct).ConfigureAwait(false) : ([], Files);
        }

        var arguments = Arguments.Parse(words, flags);
        var at = arguments.Rest.Count;
        if (command.Hints.Count == 0 || command.Count.Most >= 0 && at >= Math.Max(command.Count.Most, command.Hints.Count))
        {
            return ([], NoFiles);
        }

        var hint = command.Hints[Math.Min(at, command.Hints.Count - 1)];
        return await NamesAsync(hint, arguments.Rest, current, arguments.Has("--force"), ct, command.Path, arguments.Get("--project")).ConfigureAwait(false);
    }

    private static async Task<(IEnumerable<string> Candidates, int Directive)> NamesAsync(Hint hint, IReadOnlyList<string> arguments, string current, bool force, CancellationToken ct, string path = "", string project = "")
    {
        if (hint is Hint.File)
        {
            return ([], Files);
        }

        using var context = new Context(new ClientConfig(), ct) { Project = project };
        var names = await new Candidates(context, path, arguments, current, force).OfAsync(hint).ConfigureAwait(false);
        var all = Begin(names, current).ToList();
        var open = all.Count > 0 && all.TrueForAll(n => n.EndsWith(':') || n.EndsWith('/') || n.EndsWith('=') || n.EndsWith('.'));
        return (all, NoFiles | (open ? NoSpace : 0));
    }

    private static IEnumerable<string> Begin(IEnumerable<string> names, string current) => names.Where(n => n.StartsWith(current, StringComparison.Ordinal)).Order(StringComparer.Ordinal);
}
