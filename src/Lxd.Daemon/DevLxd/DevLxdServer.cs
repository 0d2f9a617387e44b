using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Lxd.Core;
using Lxd.Core.Config;
using Lxd.Daemon.Hosting;
using Lxd.Daemon.Http;
using Lxd.Daemon.Instances;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Lxd.Daemon.DevLxd;

/// <summary>What instances may ask of the daemon, on a socket everybody inside can reach. Who asks is told by the kernel. Answers have no envelope: JSON or text, errors as text.</summary>
internal sealed class DevLxdServer(PeerInstances peers, DevLxdEndpoints endpoints, DaemonPaths paths, ILogger log) : IAsyncDisposable
{
    private const UnixFileMode Everybody = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;
    private const int SocketLevel = 1;
    private const int PeerCredentials = 17;
    private WebServer? _server;

    public async Task StartAsync(CancellationToken ct)
    {
        var socket = Path.Combine(paths.DevLxd, "sock");
        _server = await WebServer.StartGuestAsync(socket, HandleAsync, ct).ConfigureAwait(false);
        File.SetUnixFileMode(socket, Everybody);
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync().ConfigureAwait(false);
        }
    }

    private async Task HandleAsync(HttpContext context)
    {
        var ct = context.RequestAborted;
        try
        {
            var instance = await peers.FindAsync(PeerPid(context), ct).ConfigureAwait(false) ?? throw new ApiException(401, "pid not in container, unsupported");
            if (Checks.IsFalse(instance.Get("security.devlxd")))
            {
                throw ApiException.Forbidden("devLXD is not enabled on this instance");
            }

            await endpoints.AnswerAsync(context, instance, ct).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // The guest went away.
        }
        catch (ApiException e)
        {
            await FailAsync(context, e.Status, e.Message, ct).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            log.RequestFailed(context.Request.Method, context.Request.Path, e);
            await FailAsync(context, 500, "Internal Server Error", ct).ConfigureAwait(false);
        }
    }

    private static async Task FailAsync(HttpContext context, int status, string message, CancellationToken ct)
    {
        if (!context.Response.HasStarted)
        {
            context.Response.StatusCode = status;
            context.Response.ContentType = "text/plain; charset=utf-8";
            await context.Response.WriteAsync(message, ct).ConfigureAwait(false);
        }
    }

    /// <summary>The process at the other end of the socket, as this daemon's namespace numbers it.</summary>
    private static int PeerPid(HttpContext context)
    {
        var credentials = new byte[12];
        context.Features.Get<IConnectionSocketFeature>()?.Socket.GetRawSocketOption(SocketLevel, PeerCredentials, credentials);
        return BinaryPrimitives.ReadInt32LittleEndian(credentials);
    }
}
