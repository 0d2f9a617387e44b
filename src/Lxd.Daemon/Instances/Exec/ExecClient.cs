using System.Net.WebSockets;
using Lxd.Daemon.Operations;
using Lxd.Runtime;

namespace Lxd.Daemon.Instances.Exec;

/// <summary>A command and the client's websockets: <c>0</c> alone for a terminal, else <c>0</c>, <c>1</c>, <c>2</c>; <c>control</c> where the client wants it.
/// The command does not outlive a client that drops the control socket or, without one, its output.</summary>
internal sealed class ExecClient
{
    private const int SigKill = 9;
    private readonly bool _interactive;
    private readonly TaskCompletionSource<IExecSession> _session = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ExecClient(bool interactive)
    {
        _interactive = interactive;
        var readers = new Dictionary<string, Func<WebSocket, Task>> { ["0"] = ReadInputAsync, ["control"] = ReadControlAsync };
        if (!interactive)
        {
            readers["1"] = WatchOutputAsync;
        }

        Sockets = new SocketSet(interactive ? ["0"] : ["0", "1", "2"], ["control"], readers);
    }

    public SocketSet Sockets { get; }

    /// <summary>Runs the command to its end, from when the sockets are there, and sends all it said; returns its exit code.</summary>
    /// <param name="start">Gets what to wait for before the command begins.</param>
    public async Task<int> RunAsync(Func<Task, CancellationToken, Task<IExecSession>> start, CancellationToken ct)
    {
        try
        {
            await using var session = await StartAsync(start, ct).ConfigureAwait(false);
            _session.TrySetResult(session);
            var said = _interactive
                ? SocketPump.SendAsync(session.Output, await Sockets.GetAsync("0").ConfigureAwait(false), ct)
                : Task.WhenAll(
                    SocketPump.SendAsync(session.Output, await Sockets.GetAsync("1").ConfigureAwait(false), ct),
                    SocketPump.SendAsync(session.Error, await Sockets.GetAsync("2").ConfigureAwait(false), ct));
            var code = await session.Exit.WaitAsync(ct).ConfigureAwait(false);
            await said.ConfigureAwait(false);
            return code;
        }
        finally
        {
            _session.TrySetCanceled(CancellationToken.None);
            Sockets.Close();
        }
    }

    private async Task<IExecSession> StartAsync(Func<Task, CancellationToken, Task<IExecSession>> start, CancellationToken ct)
    {
        var connected = Sockets.WaitAsync(ct);
        try
        {
            return await start(connected, ct).ConfigureAwait(false);
        }
        catch
        {
            // A client that still connects its sockets shall find them: why the command did not start it learns from the operation.
            await connected.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw;
        }
    }

    private async Task ReadInputAsync(WebSocket socket)
    {
        if (await SessionAsync().ConfigureAwait(false) is not { } session)
        {
            await SocketPump.DrainAsync(socket).ConfigureAwait(false);
            return;
        }

        await SocketPump.ReceiveAsync(socket, session.Input, async () =>
        {
            if (!_interactive)
            {
                await session.Input.DisposeAsync().ConfigureAwait(false);
            }
        }).ConfigureAwait(false);
        if (_interactive)
        {
            KillUncontrolled(session);
        }
    }

    private async Task WatchOutputAsync(WebSocket socket)
    {
        await SocketPump.DrainAsync(socket).ConfigureAwait(false);
        if (await SessionAsync().ConfigureAwait(false) is { } session)
        {
            KillUncontrolled(session);
        }
    }

    private async Task ReadControlAsync(WebSocket socket)
    {
        if (await SessionAsync().ConfigureAwait(false) is { } session)
        {
            await ControlMessages.ReadAsync(socket, session.Resize, session.Signal).ConfigureAwait(false);
            session.Signal(SigKill);
        }
    }

    private void KillUncontrolled(IExecSession session)
    {
        if (!Sockets.IsConnected("control"))
        {
            session.Signal(SigKill);
        }
    }

    /// <summary>The command, once it runs; null where it never will.</summary>
    private async Task<IExecSession?> SessionAsync()
    {
        try
        {
            return await _session.Task.ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }
}
