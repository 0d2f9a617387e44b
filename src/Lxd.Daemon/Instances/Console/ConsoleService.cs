using System.Text.Json.Nodes;
using Lxd.Core;
using Lxd.Core.Api;
using Lxd.Daemon.Http;
using Lxd.Daemon.Operations;

namespace Lxd.Daemon.Instances.Console;

/// <summary>The console of instances: attaching to it, its log.</summary>
internal sealed class ConsoleService(InstanceServices with)
{
    public OperationSpec Prepare(InstanceRecord instance, InstanceConsolePost post, Request request)
    {
        if (post.Type is not ("" or "console"))
        {
            throw ApiException.BadRequest(post.Type == "vga" ? "VGA console is only supported by virtual machines" : $"Unknown console type \"{post.Type}\"");
        }

        switch (with.StatusOf(instance))
        {
            case RunStatus.Stopped:
                throw ApiException.BadRequest("Instance is not running");
            case RunStatus.Frozen:
                throw ApiException.BadRequest("Instance is frozen");
            default:
                break;
        }

        var client = new ConsoleClient();
        var (width, height) = ((int)Math.Clamp(post.Width, 0, ushort.MaxValue), (int)Math.Clamp(post.Height, 0, ushort.MaxValue));
        with.Events.Lifecycle("instance-console", instance.Project, instance.Url, request.Requestor, new JsonObject { ["type"] = "console" }, instance.Name);
        return InstanceUrls.Spec(request, "Showing console", [instance.Name], (_, ct) => client.RunAsync(with.Driver.Live(with.RefOf(instance)).ConsoleAsync, width, height, ct)) with
        {
            Class = "websocket",
            Connect = client.Sockets.ConnectAsync,
            Metadata = new JsonObject { ["fds"] = client.Sockets.Secrets },
        };
    }

    public string LogPath(InstanceRecord instance) => with.RefOf(instance).ConsoleLog;

    /// <summary>Empties the log; the console goes on writing to it.</summary>
    public void ClearLog(InstanceRecord instance, OperationRequestor requestor)
    {
        if (File.Exists(LogPath(instance)))
        {
            using var file = new FileStream(LogPath(instance), FileMode.Open, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
            file.SetLength(0);
        }

        with.Events.Lifecycle("instance-console-reset", instance.Project, instance.Url, requestor, null, instance.Name);
    }

    public void LogRead(InstanceRecord instance, OperationRequestor requestor) =>
        with.Events.Lifecycle("instance-console-retrieved", instance.Project, instance.Url, requestor, null, instance.Name);
}
