using Lxd.Daemon.Hosting;

namespace Lxd.Daemon.Verbs;

/// <summary>The command line of <c>lxd</c>: global flags, then a verb. No verb, or an empty one, is the daemon.</summary>
internal static class CommandLine
{
    public static async Task<int> RunAsync(string[] args)
    {
        var options = new DaemonOptions(DaemonOptions.DefaultDirectory);
        var rest = new List<string>();
        for (var i = 0; i < args.Length; i++)
        {
            var (name, value) = Split(args[i]);
            switch (name)
            {
                case "--group":
                    options = options with { Group = value ?? args[++i] };
                    break;
                case "--logfile":
                    options = options with { LogFile = value ?? args[++i] };
                    break;
                case "--debug" or "-d":
                    options = options with { Debug = true };
                    break;
                case "--verbose" or "-v":
                    options = options with { Verbose = true };
                    break;
                case "--syslog":
                    options = options with { Syslog = true };
                    break;
                case "--trace":
                    i += value is null ? 1 : 0;
                    break;
                default:
                    rest.Add(args[i]);
                    break;
            }
        }

        return await VerbAsync(options, rest).ConfigureAwait(false);
    }

    private static async Task<int> VerbAsync(DaemonOptions options, List<string> args)
    {
        switch (args.FirstOrDefault(""))
        {
            case "":
                return await DaemonVerb.RunAsync(options).ConfigureAwait(false);
            default:
                await Console.Error.WriteLineAsync($"Error: unknown command \"{args[0]}\" for \"lxd\"").ConfigureAwait(false);
                return 1;
        }
    }

    private static (string Name, string? Value) Split(string arg)
    {
        var equals = arg.IndexOf('=');
        return arg.StartsWith("--", StringComparison.Ordinal) && equals > 0 ? (arg[..equals], arg[(equals + 1)..]) : (arg, null);
    }
}
