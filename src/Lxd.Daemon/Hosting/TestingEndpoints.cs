using System.Text.Json.Nodes;
using Lxd.Core;
using Lxd.Daemon.Http;
using Lxd.Daemon.Operations;
using Lxd.Daemon.Warnings;
using Microsoft.AspNetCore.WebUtilities;

namespace Lxd.Daemon.Hosting;

/// <summary><c>/internal/testing</c>: what test suites use to make something happen now.</summary>
internal sealed class TestingEndpoints(Composition daemon)
{
    public void Map(Router router)
    {
        router.Map("POST", "/internal/testing/operation-wait", Access.Local, WaitAsync);
        router.Map("GET", "/internal/testing/bgp", Access.Local, async (_, ct) => Response.Sync(await daemon.Bgp.DescribeAsync(ct).ConfigureAwait(false)));
        router.Map("POST", "/internal/testing/warnings", Access.Local, WarnAsync);
        router.Map("POST", "/internal/testing/prune-tokens", Access.Local, async (_, ct) =>
        {
            await daemon.PruneTokensAsync(ct).ConfigureAwait(false);
            return Response.Empty;
        });
    }

    /// <summary>Raises a warning: <c>{"type_code": 0, "message": "...", "project": "...", "entity_type": "image", "entity_id": 1}</c>.</summary>
    private async Task<Response> WarnAsync(Request request, CancellationToken ct)
    {
        var body = await request.ObjectAsync(ct).ConfigureAwait(false);
        var kind = WarningKind.Find((long?)body["type_code"] ?? 0) ?? throw ApiException.BadRequest("Invalid warning type code");
        var entity = (string?)body["entity_type"] ?? "";
        var subject = new WarningSubject((string?)body["project"] ?? "", entity.Length == 0 ? -1 : DatabaseCodes.EntityType(entity), (long?)body["entity_id"] ?? -1);
        await daemon.Warnings.RaiseAsync(kind, subject, (string?)body["message"] ?? "", ct).ConfigureAwait(false);
        return Response.Empty;
    }

    /// <summary>An operation that only takes its time: <c>{"duration": "5s", "op_class": 1, "op_type": 20, "entity_url": "/1.0/instances/c", "conflict_reference": "..."}</c>;
    /// classes are 1 task, 2 websocket, 3 token. To everybody else it is an operation of that type on that thing.</summary>
    private async Task<Response> WaitAsync(Request request, CancellationToken ct)
    {
        var body = await request.ObjectAsync(ct).ConfigureAwait(false);
        var duration = GoDuration.Parse((string?)body["duration"] ?? "0s");
        return Response.Async(daemon.Operations.Start(new OperationSpec(Description(body["op_type"]), request.Project, (_, token) => Task.Delay(duration, token))
        {
            Class = Class(body["op_class"]),
            Resources = Resources((string?)body["entity_url"] ?? ""),
            ConflictReference = (string?)body["conflict_reference"] ?? "",
            Requestor = request.Requestor,
            MayCancel = true,
        }));
    }

    private static string Description(JsonNode? type) => (int?)type switch
    {
        20 => "Executing command",
        32 => "Copying storage volume",
        null or 75 => "Just chilling",
        _ => throw ApiException.BadRequest("Invalid operation type"),
    };

    /// <summary>An instance or a custom volume by its URL.</summary>
    private static Dictionary<string, List<string>> Resources(string url)
    {
        if (url.Length == 0)
        {
            return [];
        }

        var (path, query) = url.IndexOf('?') is >= 0 and var at ? (url[..at], url[at..]) : (url, "");
        var segments = path.TrimStart('/').Split('/').Select(Uri.UnescapeDataString).ToArray();
        var kind = segments switch
        {
            [_, "instances", _] => "instances",
            [_, "storage-pools", _, "volumes", _, _] => "storage_volumes",
            _ => throw ApiException.BadRequest($"Invalid entity URL \"{url}\""),
        };
        var project = QueryHelpers.ParseQuery(query).TryGetValue("project", out var named) ? named.ToString() : "";
        return new() { [kind] = [Names.Url(project, segments)] };
    }

    private static string Class(JsonNode? code) => (int?)code switch
    {
        null or 1 => "task",
        2 => "websocket",
        3 => "token",
        _ => throw ApiException.BadRequest("Invalid operation class"),
    };
}
