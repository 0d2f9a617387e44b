using Lxc.Framework;
using Lxd.Core;

namespace Lxc.Commands.Instances;

/// <summary><c>copy</c>.</summary>
internal static class CopyCommand
{
    public static Command Make() => new("copy", "[<remote>:]<source>[/<snapshot>] [[<remote>:]<destination>]", "Copy instances within or between servers", RunAsync)
    {
        Aliases = ["cp"], Count = (1, 2), Hints = [Hint.InstanceOrSnapshot, Hint.Remote],
        Flags =
        [
            Flags.Config("the copy"), Flags.Device("the copy"),
            new("--ephemeral", "-e", Help: "The copy goes when it stops"),
            new("--refresh", Help: "Bring an existing copy up to date"),
            new("--start", Help: "Start the copy"),
            .. Shared,
        ],
        Long = TransferHelp,
    };

    /// <summary>Flags of <c>copy</c> and <c>move</c>.</summary>
    public static Flag[] Shared { get; } =
    [
        new("--allow-inconsistent", Help: "Ignore files that change while they are copied"),
        new("--instance-only", Help: "Leave the snapshots behind"),
        new("--container-only", Help: "Leave the snapshots behind (the older name)"),
        new("--mode", Value: "mode", Help: "pull, push or relay") { Default = "pull" },
        new("--no-profiles", Help: "Use no profiles"),
        new("--profile", "-p", "name", "Use this profile, may be repeated"),
        new("--stateless", Help: "Leave the running state behind"),
        new("--storage", "-s", "pool", "Keep it in this pool"),
        Flags.Target,
        new("--target-project", Value: "project", Help: "Into this project"),
    ];

    public const string TransferHelp = """
        Between servers data goes one of three ways:
          pull     the target connects to the source
          push     the source connects to the target
          relay    this client connects to both and carries the data
        """;

    private static async Task<int> RunAsync(Context context, Arguments arguments)
    {
        var (remote, name) = context.Config.Split(arguments.Rest[0]);
        var (toRemote, to) = arguments.Rest.Count > 1 ? context.Config.Split(arguments.Rest[1]) : (context.Config.Default, "");
        if (name.Length == 0)
        {
            throw new ApiException(0, "You must specify a source instance name");
        }

        if (to.Length == 0)
        {
            to = name.Contains('/') ? throw new ApiException(0, "You must specify a destination instance name") : name;
        }

        if (arguments.Has("--refresh") && arguments.Has("--ephemeral"))
        {
            throw new ApiException(0, "--ephemeral cannot be used with --refresh");
        }

        if (arguments.Has("--refresh") && arguments.Has("--start"))
        {
            throw new ApiException(0, "--start cannot be used with --refresh");
        }

        var copier = new InstanceCopier(context, arguments, remote, name, toRemote, to) { Ephemeral = arguments.Has("--ephemeral") };
        await copier.RunAsync().ConfigureAwait(false);
        if (arguments.Has("--start"))
        {
            await StateCommands.ChangeAsync(context.Server(toRemote), to, "start", context.Cancel, query: copier.Query).ConfigureAwait(false);
        }

        return 0;
    }
}
