using System.Diagnostics;
using System.Runtime.InteropServices;
using Lxd.Linux.Spawn;
using Lxd.Linux.Users;
using Microsoft.Extensions.Logging;

namespace Lxd.Daemon.Hosting;

/// <summary>A running daemon: the composition behind its sockets, from start to stop.</summary>
internal sealed class DaemonHost : IAsyncDisposable
{
    private const int Interrupt = 2;
    private const int Quit = 3;
    private const int Power = 30;
    private readonly WebServer _unix;

    private DaemonHost(Composition daemon, WebServer unix)
    {
        Daemon = daemon;
        _unix = unix;
    }

    public Composition Daemon { get; }

    /// <summary>Opens the sockets, then runs the start steps; requests that come meanwhile are told to wait.</summary>
    /// <param name="arrange">Changes the composition before anything runs: for tests.</param>
    public static async Task<DaemonHost> StartAsync(DaemonOptions options, ILoggerFactory loggers, CancellationToken ct, Action<Composition>? arrange = null)
    {
        loggers.CreateLogger("daemon").Starting(options.Directory);
        var daemon = new Composition(options, loggers);
        arrange?.Invoke(daemon);
        var inherited = Systemd.InheritedSocket();
        daemon.Pipeline.Starting = inherited is null ? null : daemon.Ready.Task;
        var unix = await WebServer.StartUnixAsync(options.Socket, inherited, options.TlsSocket, daemon.Https.Identity, daemon.Pipeline.HandleAsync, ct).ConfigureAwait(false);
        SecureSocket(options);
        await daemon.StartAsync(ct).ConfigureAwait(false);
        loggers.CreateLogger("daemon").Started();
        return new DaemonHost(daemon, unix);
    }

    /// <summary>Runs in the foreground until SIGTERM, SIGINT, SIGQUIT (instances keep running), SIGPWR or <c>lxd shutdown</c> (instances are stopped). A terminal that closes (SIGHUP) does not end it.</summary>
    public static async Task<int> RunAsync(DaemonOptions options, ILoggerFactory loggers)
    {
        using var starting = new CancellationTokenSource();
        var stop = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        Signals.Heed(Interrupt);
        Signals.Heed(Quit);
        using var hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, c => c.Cancel = true);
        using var term = PosixSignalRegistration.Create(PosixSignal.SIGTERM, c => Requested(c, false));
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, c => Requested(c, false));
        using var quit = PosixSignalRegistration.Create(PosixSignal.SIGQUIT, c => Requested(c, false));
        using var power = PosixSignalRegistration.Create((PosixSignal)Power, c => Requested(c, true));
        void Requested(PosixSignalContext context, bool stopInstances)
        {
            context.Cancel = true;
            stop.TrySetResult(stopInstances);
            starting.Cancel();
        }

        await using var host = await StartAsync(options, loggers, starting.Token).ConfigureAwait(false);
        Systemd.Notify("READY=1");
        var first = await Task.WhenAny(stop.Task, host.Daemon.StopRequested.Task).ConfigureAwait(false);
        Systemd.Notify("STOPPING=1");
        if (first == stop.Task)
        {
            await (await stop.Task.ConfigureAwait(false) ? host.Daemon.Shutdown.RunAsync(force: false) : host.Daemon.Shutdown.LeaveAsync()).ConfigureAwait(false);
        }

        return 0;
    }

    public async ValueTask DisposeAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        // Listeners to events hear of the end, so the sockets close last.
        Daemon.Pipeline.Ready = false;
        await Daemon.StopAsync(patience.Token).ConfigureAwait(false);
        Daemon.Loggers.CreateLogger("daemon").ClosingDatabase();
        await Daemon.Https.DisposeAsync().ConfigureAwait(false);
        await _unix.DisposeAsync().ConfigureAwait(false);
        await Daemon.DisposeAsync().ConfigureAwait(false);
        Daemon.Loggers.CreateLogger("daemon").Stopped();
    }

    private static void SecureSocket(DaemonOptions options)
    {
        if (!File.Exists(options.Socket))
        {
            return;
        }

        File.SetUnixFileMode(options.TlsSocket, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.SetUnixFileMode(options.Socket, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite);
        if (options.Group.Length > 0)
        {
            var gid = UserNames.GroupId(options.Group) ?? throw new InvalidOperationException($"The group \"{options.Group}\" does not exist");
            UserNames.SetGroup(options.Socket, gid);
        }
    }
}
