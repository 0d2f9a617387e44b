using System.Globalization;
using System.Text.Json.Nodes;
using Lxd.Client;
using Lxd.Core;
using Lxd.Daemon.Hosting;

namespace Lxd.Daemon.Verbs;

/// <summary>The verbs that speak with the running daemon: <c>waitready</c> and <c>shutdown</c>.</summary>
internal static class ClientVerbs
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    /// <summary>Waits until the daemon answers everything.</summary>
    public static async Task<int> WaitReadyAsync(DaemonOptions options, VerbArguments arguments)
    {
        using var patience = Patience(arguments);
        var url = "/internal/ready?" + (arguments.Has("--network") ? "network=1&" : "") + (arguments.Has("--storage") ? "storage=1" : "");
        var problem = "LXD still not running";
        while (true)
        {
            try
            {
                using var daemon = LxdConnection.Unix(options.Socket);
                await daemon.GetAsync(url, patience.Token).ConfigureAwait(false);
                return 0;
            }
            catch (ApiException e) when (!patience.IsCancellationRequested)
            {
                // Its socket is not there yet, or a network or pool is tried again later: there is no event for that.
                problem = e.Message.EndsWith("not ready yet", StringComparison.Ordinal) ? e.Message : problem;
                await PauseAsync(patience.Token).ConfigureAwait(false);
            }
            catch (Exception e) when (e is OperationCanceledException or ApiException)
            {
                throw new ApiException(0, $"{problem} after {arguments.Get("--timeout")}s timeout");
            }
        }
    }

    /// <summary>The end of patience ends the pause too; what comes next notices.</summary>
    private static Task PauseAsync(CancellationToken ct) => Task.Delay(Pause, ct).ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);

    /// <summary>Has the daemon stop the instances and itself; returns when its socket is gone.</summary>
    public static async Task<int> ShutdownAsync(DaemonOptions options, VerbArguments arguments)
    {
        using var patience = Patience(arguments);
        using var daemon = LxdConnection.Unix(options.Socket);
        try
        {
            var server = await daemon.GetAsync<Core.Api.Server>("/1.0", patience.Token).ConfigureAwait(false);
            await daemon.SendAsync("PUT", "/internal/shutdown" + (arguments.Has("--force") ? "?force=true" : ""), (JsonNode?)null, patience.Token).ConfigureAwait(false);
            await Linux.Spawn.Pidfd.WaitExitAsync((int)server.Environment.ServerPid).WaitAsync(patience.Token).ConfigureAwait(false);
            return 0;
        }
        catch (OperationCanceledException)
        {
            throw new ApiException(0, $"LXD still running after {arguments.Get("--timeout")}s timeout");
        }
    }

    private static CancellationTokenSource Patience(VerbArguments arguments) =>
        int.TryParse(arguments.Get("--timeout"), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds > 0 ? new CancellationTokenSource(TimeSpan.FromSeconds(seconds)) : new CancellationTokenSource();
}
