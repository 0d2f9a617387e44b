using Lxd.Linux.Processes;

namespace Lxd.Daemon.Transfers;

/// <summary>Directories as rsync brings them over: the tools of both servers speak with each other through the websocket.</summary>
internal static class RsyncTransfer
{
    /// <summary>Files that vanished while they were read: what runs removes files.</summary>
    private const int Vanished = 24;

    /// <summary>The program that the sending rsync takes for the way to the other server: hands on what comes in on 3, and out on 4. It ends when nothing comes in any more,
    /// which is what rsync waits for.</summary>
    private const string Way = "sh -c 'exec 5<&0; cat <&5 >&4 3<&- & exec cat <&3 4>&- 5<&-'";

    /// <summary>A file whose time differs by less than a second is another one too.</summary>
    private const string ToTheNanosecond = "--modify-window=-1";

    private const string NoKernelAttributes = "--filter=-x trusted.*";

    /// <param name="limit">The most bytes that are sent in a second; 0 for all that is possible.</param>
    public static async Task SendAsync(string directory, RsyncFeatures features, MigrationOffer offer, long limit, Frames frames, CancellationToken ct)
    {
        string[] bandwidth = limit > 0 ? [$"--bwlimit={Math.Max(1, limit >> 10)}"] : [];
        await using var tool = PipedTool.Start("sh", new Confinement(ToolRights.Override | Kernel(offer.IsPrivileged)) { Reads = [directory] }, ["-c", "exec 3<&0 4>&1 </dev/null >/dev/null; exec rsync \"$@\"", "rsync", "-ar", .. features.Arguments, .. bandwidth, "-e", Way, directory + "/", "localhost:/"]);
        await BridgeAsync(tool, frames, ct, offer.AllowInconsistent ? [Vanished] : []).ConfigureAwait(false);
    }

    public static async Task ReceiveAsync(string directory, RsyncFeatures features, bool privileged, Frames frames, CancellationToken ct)
    {
        await using var tool = PipedTool.Start("rsync", Confinement.Into(directory, Kernel(privileged)), ["--server", "-vlogDtpre.iLsfx", .. features.Arguments, .. features.Xattrs && !privileged ? [NoKernelAttributes] : (string[])[], ToTheNanosecond, ".", directory + "/"]);
        await BridgeAsync(tool, frames, ct).ConfigureAwait(false);
    }

    private static ToolRights Kernel(bool privileged) => privileged ? ToolRights.Admin : ToolRights.None;

    private static async Task BridgeAsync(PipedTool tool, Frames frames, CancellationToken ct, params int[] allowed)
    {
        await using var registration = ct.Register(tool.Kill);
        var sending = frames.SendAsync(tool.Output, ct);
        await Task.WhenAll(InAsync(), sending).ConfigureAwait(false);
        await tool.WaitAsync(ct, allowed).ConfigureAwait(false);

        async Task InAsync()
        {
            try
            {
                await frames.ReceiveAsync(tool.Input, ct).ConfigureAwait(false);
                tool.Input.Close();
            }
            catch
            {
                tool.Kill();
                throw;
            }
        }
    }
}
