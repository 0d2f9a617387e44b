using Lxd.Core;
using Lxd.Core.Config;
using Lxd.Daemon.Http;
using Lxd.Linux.Memory;

namespace Lxd.Daemon.Hosting;

/// <summary><c>/internal</c>: what the <c>lxd</c> command asks of its daemon, over the unix socket only.</summary>
internal sealed class InternalEndpoints(Composition daemon)
{
    public void Map(Router router)
    {
        router.Map("GET", "/internal/ready", Access.Local, ReadyAsync);
        router.Map("GET", "/internal/gc", Access.Local, CollectAsync);
        router.Map("POST", "/internal/identity-cache-refresh", Access.Local, async (_, ct) =>
        {
            await daemon.Identities.ReloadAsync(ct).ConfigureAwait(false);
            return Response.Empty;
        });
        router.Map("PUT", "/internal/shutdown", Access.Local, ShutdownAsync);
    }

    /// <summary>Answers when the daemon has finished starting. With <c>network=1</c> and <c>storage=1</c> also tells whether all networks and pools are there; that is not waited for.</summary>
    private async Task<Response> ReadyAsync(Request request, CancellationToken ct)
    {
        await daemon.Ready.Task.WaitAsync(ct).ConfigureAwait(false);
        if (daemon.Pipeline.Closing)
        {
            throw ApiException.Unavailable("LXD daemon is shutting down");
        }

        if (Checks.IsTrue(request.Query("network")) && !daemon.Networks.IsReady)
        {
            throw ApiException.Unavailable("Networks not ready yet");
        }

        if (Checks.IsTrue(request.Query("storage")) && !await daemon.PoolMounts.IsReadyAsync(ct).ConfigureAwait(false))
        {
            throw ApiException.Unavailable("Storage pools not ready yet");
        }

        return Response.Empty;
    }

    /// <summary>Gives back the memory that is not in use.</summary>
    private static Task<Response> CollectAsync(Request request, CancellationToken ct)
    {
        ResidentMemory.ReleaseHeap();
        ResidentMemory.ReleaseCode();
        return Task.FromResult(Response.Empty);
    }

    /// <summary>Stops the instances and then the daemon, also when who asks for it does not stay; answers when the instances are down. <c>force</c> does not wait for running operations.</summary>
    private async Task<Response> ShutdownAsync(Request request, CancellationToken ct)
    {
        var down = daemon.Shutdown.RunAsync(Checks.IsTrue(request.Query("force")));
        _ = down.ContinueWith(_ => daemon.StopRequested.TrySetResult(true), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        await down.WaitAsync(ct).ConfigureAwait(false);
        return Response.Empty;
    }
}
