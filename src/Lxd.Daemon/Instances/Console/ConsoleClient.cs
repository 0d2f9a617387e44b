using System.Net.WebSockets;
using Lxd.Daemon.Instances.Exec;
using Lxd.Daemon.Operations;
using Lxd.Runtime;

namespace Lxd.Daemon.Instances.Console;

/// <summary>An attached console and the client's websockets: <c>0</c> both ways, <c>control</c> for the window's size.</summary>
internal sealed class ConsoleClient
{
    private readonly TaskCompletionSource<IConsoleSession> _session = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _left = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ConsoleClient() => Sockets = new SocketSet(["0"], ["control"], new() { ["0"] = ReadInputAsync, ["control"] = ReadControlAsync });

    public SocketSet Sockets { get; }

    /// <summary>Ends when the instance stops or the client leaves one of its sockets.</summary>
    public async Task RunAsync(Func<CancellationToken, Task<IConsoleSession>> attach, int width, int height, CancellationToken ct)
    {
        try
        {
            await Sockets.WaitAsync(ct).ConfigureAwait(false);
            await using var session = await attach(ct).ConfigureAwait(false);
            if (width > 0 && height > 0)
            {
                session.Resize(width, height);
            }

            _session.TrySetResult(session);
            using var over = CancellationTokenSource.CreateLinkedTokenSource(ct);
            var shown = SocketPump.SendAsync(session.Terminal, await Sockets.GetAsync("0").ConfigureAwait(false), over.Token);
            await Task.WhenAny(shown, _left.Task).ConfigureAwait(false);
            await over.CancelAsync().ConfigureAwait(false);
            await shown.ConfigureAwait(false);
        }
        finally
        {
            _session.TrySetCanceled(CancellationToken.None);
            Sockets.Close();
        }
    }

    private async Task ReadInputAsync(WebSocket socket)
    {
        try
        {
            var session = await _session.Task.ConfigureAwait(false);
            await SocketPump.ReceiveAsync(socket, session.Terminal, () =>
            {
                _left.TrySetResult();
                return Task.CompletedTask;
            }).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            await SocketPump.DrainAsync(socket).ConfigureAwait(false);
        }
    }

    private async Task ReadControlAsync(WebSocket socket)
    {
        try
        {
            var session = await _session.Task.ConfigureAwait(false);
            await ControlMessages.ReadAsync(socket, session.Resize, _ => { }).ConfigureAwait(false);
            _left.TrySetResult();
        }
        catch (OperationCanceledException)
        {
            await SocketPump.DrainAsync(socket).ConfigureAwait(false);
        }
    }
}
