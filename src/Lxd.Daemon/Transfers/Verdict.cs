using System.Net.WebSockets;
using Lxd.Core;
using Lxd.Daemon.Operations;

namespace Lxd.Daemon.Transfers;

/// <summary>How a migration ended, as each side tells the other: success, or why not.</summary>
internal static class Verdict
{
    public static Task TellAsync(MigrationLink link, string? failure, CancellationToken ct) => link.TellAsync(new ProtoWriter().Flag(1, failure is null).Text(2, failure ?? "").ToArray(), ct);

    /// <summary>Tells the other side of a failure, where it still listens.</summary>
    public static async Task TryTellAsync(MigrationLink link, string failure)
    {
        try
        {
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(5));
            await TellAsync(link, failure, patience.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (SocketPump.IsGone(e))
        {
            // It hung up, and knows why.
        }
    }

    /// <summary>Throws what the message says went wrong, where it is a verdict: those have a text where other messages have a number.</summary>
    public static void Check(ReadOnlyMemory<byte> message)
    {
        var fields = Proto.Read(message).ToList();
        if (fields.Find(f => f.Id == 2) is { Bytes: not null } reason && !fields.Exists(f => f.Id == 1 && f.Flag))
        {
            throw ApiException.Internal($"Error from migration control {(reason.Text.Length > 0 ? "target: " + reason.Text : "socket")}");
        }
    }

    /// <summary>Waits for the other side's verdict; throws for a bad one and where it hangs up without one.</summary>
    public static async Task HearAsync(MigrationLink link, CancellationToken ct)
    {
        try
        {
            Check(await link.HearAsync(ct).ConfigureAwait(false) ?? throw new IOException("The other server ended the migration"));
        }
        catch (WebSocketException e)
        {
            throw new IOException("The other server ended the migration", e);
        }
    }

    /// <summary>Runs one side to its end with an ear for the other: where that one fails the work is stopped, and its words are what is told.</summary>
    /// <param name="decides">Whether the other side has the last word, and work is done only when that came.</param>
    public static async Task RunAsync(MigrationLink link, Func<CancellationToken, Task> work, bool decides, CancellationToken ct)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var other = HearAsync(link, stop.Token);
        var own = work(stop.Token);
        try
        {
            if (await Task.WhenAny(own, other).ConfigureAwait(false) == other && other.IsFaulted)
            {
                await stop.CancelAsync().ConfigureAwait(false);
                await own.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                await other.ConfigureAwait(false);
            }

            if (own.IsFaulted && !ct.IsCancellationRequested)
            {
                // What broke the transfer here may be the other side's failure, which it is about to tell.
                await Task.WhenAny(other, Task.Delay(TimeSpan.FromSeconds(1), ct)).ConfigureAwait(false);
                if (other is { IsFaulted: true, Exception.InnerException: ApiException })
                {
                    await other.ConfigureAwait(false);
                }
            }

            await own.ConfigureAwait(false);
            if (decides)
            {
                await other.ConfigureAwait(false);
            }
        }
        finally
        {
            if (!other.IsCompleted && (decides || own.IsFaulted))
            {
                _ = other.ContinueWith(t => t.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
            }
        }
    }
}
