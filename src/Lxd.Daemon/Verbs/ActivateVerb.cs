using Lxd.Client;
using Lxd.Daemon.Hosting;
using Lxd.Daemon.Store;

namespace Lxd.Daemon.Verbs;

/// <summary>The verb <c>activateifneeded</c>: starts the daemon by touching its socket where something waits for it.</summary>
internal static class ActivateVerb
{
    /// <summary>Keys of instances, their own and those of their profiles.</summary>
    private const string OfInstances =
        "SELECT COUNT(*) FROM (SELECT key, value FROM instances_config UNION ALL SELECT c.key, c.value FROM instances_profiles p JOIN profiles_config c ON c.profile_id = p.profile_id) WHERE ";

    private static readonly (string What, bool Local, string Count)[] Reasons =
    [
        ("core.https_address set", true, "SELECT COUNT(*) FROM config WHERE key = 'core.https_address' AND value != ''"),
        ("auto-started instances", false, OfInstances + "(key = 'volatile.last_state.power' AND value = 'RUNNING') OR (key = 'boot.autostart' AND lower(value) IN ('true', '1', 'yes', 'on'))"),
        ("scheduled instance snapshots", false, OfInstances + "key = 'snapshots.schedule' AND value != ''"),
        ("scheduled volume snapshots", false, "SELECT COUNT(*) FROM storage_volumes_config WHERE key = 'snapshots.schedule' AND value != ''"),
    ];

    public static async Task<int> RunAsync(DaemonOptions options)
    {
        if (!File.Exists(Path.Combine(options.Directory, "database", "local.db")) || await ReasonAsync(options).ConfigureAwait(false) is not { } reason)
        {
            return 0;
        }

        if (options.Debug)
        {
            await Console.Error.WriteLineAsync($"Daemon has {reason}, activating...").ConfigureAwait(false);
        }

        using var daemon = LxdConnection.Unix(options.Socket);
        await daemon.GetAsync("/1.0", CancellationToken.None).ConfigureAwait(false);
        return 0;
    }

    private static async Task<string?> ReasonAsync(DaemonOptions options)
    {
        using var databases = Databases.Open(Path.Combine(options.Directory, "database"));
        foreach (var (what, local, count) in Reasons)
        {
            var database = local ? databases.Local : databases.Global;
            if (await database.ReadAsync(tx => tx.ScalarAsync(count), CancellationToken.None).ConfigureAwait(false) > 0)
            {
                return what;
            }
        }

        return null;
    }
}
