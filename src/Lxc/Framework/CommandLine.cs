using Lxc.Remotes;
using Lxd.Core;

namespace Lxc.Framework;

/// <summary>From words to a command that runs.</summary>
internal static class CommandLine
{
    public static readonly Flag[] Global =
    [
        new("--debug", Help: "Show all debug messages"),
        new("--force-local", Help: "Use the local unix socket whatever the remote"),
        new("--help", "-h", Help: "Show help"),
        new("--project", Value: "string", Help: "Use this project"),
        new("--quiet", "-q", Help: "Don't show progress information"),
        new("--sub-commands", Help: "Show all commands and their sub-commands"),
        new("--verbose", "-v", Help: "Show all information messages"),
        new("--version", Help: "Show the version"),
        new("--all", Help: "Show the less common commands too"),
    ];

    public static async Task<int> RunAsync(string[] args)
    {
        using var interrupt = new CancellationTokenSource();
        Console.CancelKeyPress += (_, e) =>
        {
            // The first interrupt cancels what runs, the second leaves at once.
            e.Cancel = !interrupt.IsCancellationRequested;
            interrupt.Cancel();
        };
        try
        {
            return await RunAsync(args, interrupt.Token).ConfigureAwait(false);
        }
        catch (UsageException e)
        {
            await Console.Error.WriteLineAsync($"Error: {e.Message}").ConfigureAwait(false);
            return 1;
        }
        catch (ApiException e)
        {
            await Console.Error.WriteLineAsync($"Error: {(e.Message.Length > 0 ? e.Message : $"Server error {e.Status}")}").ConfigureAwait(false);
            return 1;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or HttpRequestException)
        {
            await Console.Error.WriteLineAsync($"Error: {e.Message}").ConfigureAwait(false);
            return 1;
        }
        catch (OperationCanceledException)
        {
            await Console.Error.WriteLineAsync("Error: Remote operation canceled by user").ConfigureAwait(false);
            return 1;
        }
    }

    private static async Task<int> RunAsync(string[] args, CancellationToken ct)
    {
        var config = new ClientConfig();
        var words = AliasExpansion.Expand(args, config);
        var (lead, rest) = SplitGlobals(words);
        if (lead.Has("--version"))
        {
            await Console.Out.WriteLineAsync("6.9").ConfigureAwait(false);
            return 0;
        }

        if (rest.Count == 0)
        {
            await Console.Out.WriteAsync(Help.Root(lead.Has("--sub-commands"))).ConfigureAwait(false);
            return 0;
        }

        var found = Registry.Find(rest);
        if (found is not var (command, count))
        {
            return await GroupAsync(rest, lead).ConfigureAwait(false);
        }

        var own = command.Flags.Select(f => f.Long).ToHashSet();
        var arguments = Arguments.Parse([.. lead.Rest, .. rest.Skip(count)], [.. command.Flags, .. Global.Where(g => !own.Contains(g.Long)).Select(g => g.Short.Length > 0 && command.Flags.Any(f => f.Short == g.Short) ? g with { Short = "" } : g)], command.StopAtRest);
        if (arguments.Has("--help"))
        {
            await Console.Out.WriteAsync(Help.Of(command)).ConfigureAwait(false);
            return 0;
        }

        if (arguments.Rest.Count < command.Count.Least || command.Count.Most >= 0 && arguments.Rest.Count > command.Count.Most)
        {
            await Console.Out.WriteAsync(Help.Of(command)).ConfigureAwait(false);
            throw new UsageException("Invalid number of arguments");
        }

        using var context = new Context(config, ct)
        {
            Quiet = arguments.Has("--quiet") || lead.Has("--quiet"),
            ForceLocal = arguments.Has("--force-local") || lead.Has("--force-local"),
            Project = own.Contains("--project") ? lead.Get("--project") : arguments.Get("--project", lead.Get("--project", Environment.GetEnvironmentVariable("LXD_PROJECT") ?? "")),
        };
        return await command.Run(context, arguments).ConfigureAwait(false);
    }

    /// <summary>Global flags may stand before the command.</summary>
    private static (Arguments Lead, List<string> Words) SplitGlobals(IReadOnlyList<string> words)
    {
        var lead = new List<string>();
        var i = 0;
        for (; i < words.Count && words[i].StartsWith('-'); i++)
        {
            lead.Add(words[i]);
            if (words[i] == "--project" && i + 1 < words.Count)
            {
                lead.Add(words[++i]);
            }
        }

        return (Arguments.Parse(lead, Global, false), [.. words.Skip(i)]);
    }

    private static async Task<int> GroupAsync(List<string> words, Arguments lead)
    {
        var plain = words.TakeWhile(w => !w.StartsWith('-')).ToList();
        for (var length = plain.Count; length > 0; length--)
        {
            var prefix = string.Join(' ', plain.Take(length));
            var members = Registry.For(plain[0]).Where(c => c.Path.StartsWith(prefix + " ", StringComparison.Ordinal)).ToList();
            if (members.Count > 0)
            {
                if (length < plain.Count)
                {
                    throw new UsageException($"unknown command \"{plain[length]}\" for \"lxc {prefix}\"");
                }

                await Console.Out.WriteAsync(Help.Group(prefix, members)).ConfigureAwait(false);
                return 0;
            }
        }

        throw new UsageException($"unknown command \"{words[0]}\" for \"lxc\"");
    }
}
