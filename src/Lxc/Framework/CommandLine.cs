using Lxc.Remotes;
using Lxd.Core;

namespace Lxc.Framework;

/// <summary>From words to a command that runs.</summary>
internal static class CommandLine
{
    public const string Version = "6.9";

    public static readonly Flag ShowAll = new("--all", Help: "Show the less common commands too");

    public static readonly Flag[] Global =
    [
        new("--debug", Help: "Show all debug messages"),
        new("--force-local", Help: "Use the local unix socket whatever the remote"),
        new("--help", "-h", Help: "Show help"),
        new("--project", Value: "name", Help: "Use this project"),
        new("--quiet", "-q", Help: "Don't show progress information"),
        new("--sub-commands", Help: "With help or --help: show all commands below"),
        new("--verbose", "-v", Help: "Show all information messages"),
        new("--version", Help: "Show the version"),
    ];

    public static async Task<int> RunAsync(string[] args)
    {
        if (args is ["--version"])
        {
            Console.Out.WriteLine(Version);
            return 0;
        }

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
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or HttpRequestException or System.Net.Sockets.SocketException or System.Security.Authentication.AuthenticationException or System.Net.WebSockets.WebSocketException or System.Security.Cryptography.CryptographicException)
        {
            // What went wrong in a handshake is told by the exception inside.
            await Console.Error.WriteLineAsync($"Error: {(e is HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError, InnerException: { } inner } ? inner.Message : e.Message)}").ConfigureAwait(false);
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
        if (args.Length > 0 && args[0] is "__complete" or "__completeNoDesc")
        {
            return await Completion.Completer.RunAsync(args[1..], ct).ConfigureAwait(false);
        }

        var config = new ClientConfig();
        var words = AliasExpansion.Expand(args, config);
        var plain = Plain(words);
        var names = plain.ConvertAll(i => words[i]);
        if (names.Count == 0 || names[0] == "help")
        {
            return await HelpAsync(names.Count == 0 ? words : Without(words, plain[..1]), names.Count == 0).ConfigureAwait(false);
        }

        return Registry.Find(names) is var (command, count)
            ? await RunAsync(command, Without(words, plain[..count]), config, ct).ConfigureAwait(false)
            : await GroupAsync(words, plain).ConfigureAwait(false);
    }

    private static async Task<int> RunAsync(Command command, List<string> words, ClientConfig config, CancellationToken ct)
    {
        var arguments = Arguments.Parse(words, FlagsOf(command));
        if (arguments.Has("--help"))
        {
            await Console.Out.WriteAsync(Help.Of(command)).ConfigureAwait(false);
            return 0;
        }

        if (arguments.Has("--version"))
        {
            await Console.Out.WriteLineAsync(Version).ConfigureAwait(false);
            return 0;
        }

        if (arguments.Rest.Count < command.Count.Least || command.Count.Most >= 0 && arguments.Rest.Count > command.Count.Most)
        {
            await Console.Out.WriteAsync(Help.Of(command)).ConfigureAwait(false);
            return arguments.Rest.Count == 0 ? 0 : throw new UsageException("Invalid number of arguments");
        }

        var own = command.Flags.Any(f => f.Long == "--project");
        using var context = new Context(config, ct)
        {
            Quiet = arguments.Has("--quiet"),
            Verbose = arguments.Has("--verbose") || arguments.Has("--debug"),
            Debug = arguments.Has("--debug"),
            ForceLocal = arguments.Has("--force-local"),
            Project = own ? "" : arguments.Get("--project", Environment.GetEnvironmentVariable("LXD_PROJECT") ?? ""),
        };
        return await command.Run(context, arguments).ConfigureAwait(false);
    }

    /// <summary>The flags of a command and the global ones that it does not have itself.</summary>
    public static IReadOnlyList<Flag> FlagsOf(Command command)
    {
        var own = command.Flags.Select(f => f.Long).ToHashSet();
        var letters = command.Flags.Select(f => f.Short).Where(s => s.Length > 0).ToHashSet();
        return [.. command.Flags, .. Global.Where(g => !own.Contains(g.Long)).Select(g => letters.Contains(g.Short) ? g with { Short = "" } : g)];
    }

    /// <summary>Where the words stand that are no flag and no flag's value. Flags of the command may come before its words: one that is not known here has its value after it.</summary>
    public static List<int> Plain(IReadOnlyList<string> words)
    {
        var places = new List<int>();
        for (var i = 0; i < words.Count && words[i] != "--"; i++)
        {
            if (!words[i].StartsWith('-'))
            {
                places.Add(i);
            }
            else if (!words[i].Contains('=') && (words[i].StartsWith("--", StringComparison.Ordinal) || words[i].Length == 2) && !Array.Exists([ShowAll, .. Global], f => f.IsSwitch && (f.Long == words[i] || f.Short == words[i])))
            {
                i++;
            }
        }

        return places;
    }

    public static List<string> Without(IReadOnlyList<string> words, List<int> places) => [.. words.Where((_, i) => !places.Contains(i))];

    /// <summary><c>help [COMMAND]</c>, and no command at all.</summary>
    private static async Task<int> HelpAsync(IReadOnlyList<string> words, bool bare)
    {
        var arguments = Arguments.Parse(words, [ShowAll, .. Global]);
        if (bare && arguments.Has("--version"))
        {
            await Console.Out.WriteLineAsync(Version).ConfigureAwait(false);
            return 0;
        }

        var everything = arguments.Has("--sub-commands");
        var root = Help.Root(everything, arguments.Has("--all"));
        if (arguments.Rest.Count == 0)
        {
            await Console.Out.WriteAsync(root).ConfigureAwait(false);
            return 0;
        }

        if (Registry.Find(arguments.Rest) is var (command, _))
        {
            await Console.Out.WriteAsync(Help.Of(command)).ConfigureAwait(false);
        }
        else if (GroupOf(Registry.Canonical(arguments.Rest)) is { } group)
        {
            await Console.Out.WriteAsync(Help.Of(group, everything)).ConfigureAwait(false);
        }
        else
        {
            await Console.Error.WriteAsync($"Unknown help topic [`{string.Join("` `", arguments.Rest)}`]\n{root}").ConfigureAwait(false);
        }

        return 0;
    }

    private static async Task<int> GroupAsync(IReadOnlyList<string> words, List<int> places)
    {
        var plain = Registry.Canonical(places.ConvertAll(i => words[i]));
        for (var length = plain.Count; length > 0; length--)
        {
            if (GroupOf(plain[..length]) is not { } group)
            {
                continue;
            }

            if (length < plain.Count)
            {
                throw new UsageException($"unknown command \"{plain[length]}\" for \"lxc {group.Path}\"");
            }

            var flags = Arguments.Parse(Without(words, places), [ShowAll, .. Global]);
            await Console.Out.WriteAsync(Help.Of(group, flags.Has("--sub-commands"))).ConfigureAwait(false);
            return 0;
        }

        throw new UsageException($"unknown command \"{plain[0]}\" for \"lxc\"");
    }

    private static Group? GroupOf(List<string> words) => Registry.Groups.FirstOrDefault(g => g.Path == string.Join(' ', words));
}
