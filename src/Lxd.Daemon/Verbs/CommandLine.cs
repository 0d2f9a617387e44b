using Lxd.Core;
using Lxd.Daemon.Hosting;

namespace Lxd.Daemon.Verbs;

/// <summary>The command line of <c>lxd</c>: global flags, then a verb. No verb, or an empty one, is the daemon.</summary>
internal static class CommandLine
{
    private const string Help = """
        Description:
          The LXD daemon: containers on this machine, behind a REST API

        Usage:
          lxd [flags]
          lxd [command]

        Available Commands:
          activateifneeded  Start the daemon through its socket where something waits for it
          init              Configure the daemon
          recover           Bring back what lies in storage pools and stands in no database
          shutdown          Stop the instances and the daemon
          sql               Look into the databases
          version           Show the version
          waitready         Wait until the daemon answers everything

        Flags:
          -d, --debug           Show all debug messages
              --group string    The group of users that may use the daemon
          -h, --help            Show help
              --logfile string  Path to the log file
              --syslog          Log to syslog
              --trace strings   Log tracing targets
          -v, --verbose         Show all information messages
              --version         Show the version

        """;

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
        // A shell that means "no verb" may pass an empty one.
        var verb = args.Find(a => a.Length > 0) ?? "";
        var rest = args.Where(a => a.Length > 0).Skip(1);
        try
        {
            switch (verb)
            {
                case "":
                    return await DaemonVerb.RunAsync(options).ConfigureAwait(false);
                case "--version" or "version":
                    await Console.Out.WriteLineAsync(Server.ServerService.Version).ConfigureAwait(false);
                    return 0;
                case "--help" or "-h" or "help":
                    await Console.Out.WriteAsync(Help).ConfigureAwait(false);
                    return 0;
                case "waitready":
                    return await ClientVerbs.WaitReadyAsync(options, VerbArguments.Parse(rest, ["--timeout|-t"], ["--network", "--storage"])).ConfigureAwait(false);
                case "init":
                    return await Init.InitVerb.RunAsync(options, rest).ConfigureAwait(false);
                case "shutdown":
                    return await ClientVerbs.ShutdownAsync(options, VerbArguments.Parse(rest, ["--timeout|-t"], ["--force|-f"])).ConfigureAwait(false);
                case "activateifneeded":
                    return await ActivateVerb.RunAsync(options).ConfigureAwait(false);
                case "recover":
                    return await RecoverVerb.RunAsync(options, VerbArguments.Parse(rest, [], [])).ConfigureAwait(false);
                case "import":
                    throw new ApiException(0, "\"lxd import\" has been replaced with \"lxd recover\"");
                case "sql":
                    return await SqlVerb.RunAsync(options, VerbArguments.Parse(rest, ["--format|-f"], [])).ConfigureAwait(false);
                default:
                    throw new ApiException(0, $"unknown command \"{verb}\" for \"lxd\"");
            }
        }
        catch (ApiException e)
        {
            await Console.Error.WriteLineAsync($"Error: {e.Message}").ConfigureAwait(false);
            return 1;
        }
    }

    private static (string Name, string? Value) Split(string arg)
    {
        var equals = arg.IndexOf('=');
        return arg.StartsWith("--", StringComparison.Ordinal) && equals > 0 ? (arg[..equals], arg[(equals + 1)..]) : (arg, null);
    }
}
