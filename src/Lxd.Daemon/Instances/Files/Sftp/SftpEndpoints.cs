using System.Text.Json.Nodes;
using Lxd.Core;
using Lxd.Core.Api;
using Lxd.Daemon.Events;
using Lxd.Daemon.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Lxd.Daemon.Instances.Files.Sftp;

/// <summary><c>/1.0/instances/NAME/sftp</c>: the connection becomes one of the file protocol.</summary>
internal sealed class SftpEndpoints(InstanceServices with, EventHub events)
{
    /// <summary>After these the session's view of the files is no longer that of the instance.</summary>
    private static readonly string[] Ends =
    [
        "instance-started", "instance-stopped", "instance-shutdown", "instance-restarted", "instance-deleted", "instance-renamed", "instance-restored",
    ];

    public void Map(Router router) => router.Map("GET", "/1.0/instances/{name}/sftp", Access.Instance("can_connect_sftp"), GetAsync);

    private async Task<Response> GetAsync(Request request, CancellationToken ct)
    {
        if (request.Header("Upgrade") != "sftp" || request.Context.Features.Get<IHttpUpgradeFeature>() is not { IsUpgradableRequest: true } upgrade)
        {
            throw ApiException.BadRequest("Missing or invalid upgrade header");
        }

        var instance = await InstanceUrls.FindAsync(with.Store, request, ct).ConfigureAwait(false);
        return Response.Raw(async (context, token) =>
        {
            using var changes = events.Subscribe(e => EndsSession(e, instance));
            using var files = InstanceFiles.Open(with, instance, rawNames: true);
            context.Response.Headers.Upgrade = "sftp";
            var stream = await upgrade.UpgradeAsync().ConfigureAwait(false);
            await using (stream)
            {
                await ServeAsync(stream, files, changes, token).ConfigureAwait(false);
            }
        });
    }

    private static async Task ServeAsync(Stream stream, InstanceFiles files, Subscription changes, CancellationToken ct)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(ct);
        using var session = new SftpSession(stream, files);
        var changed = changes.Queue.Reader.WaitToReadAsync(over.Token).AsTask();
        var served = session.RunAsync(over.Token);
        await Task.WhenAny(served, changed).ConfigureAwait(false);
        await over.CancelAsync().ConfigureAwait(false);
        await served.ConfigureAwait(false);
    }

    private static bool EndsSession(ApiEvent e, InstanceRecord instance) => e.Type == "lifecycle" && e.Project == instance.Project && e.Metadata is JsonObject metadata
        && Ends.Contains((string?)metadata["action"]) && ((string?)metadata["name"] == instance.Name || (string?)metadata["context"]?["old_name"] == instance.Name);
}
