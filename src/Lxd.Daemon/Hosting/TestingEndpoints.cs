using System.Text.Json.Nodes;
using Lxd.Core;
using Lxd.Daemon.Http;
using Lxd.Daemon.Operations;
using Lxd.Daemon.Warnings;

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

    /// <summary>An operation that only takes its time: <c>{"duration": "5s", "op_class": 1, "conflict_reference": "..."}</c>; classes are 1 task, 2 websocket, 3 token.</summary>
    private async Task<Response> WaitAsync(Request request, CancellationToken ct)
    {
        var body = await request.ObjectAsync(ct).ConfigureAwait(false);
        var duration = GoDuration.Parse((string?)body["duration"] ?? "0s");
        return Response.Async(daemon.Operations.Start(new OperationSpec("Waiting", request.Project, (_, token) => Task.Delay(duration, token))
        {
            Class = Class(body["op_class"]),
            ConflictReference = (string?)body["conflict_reference"] ?? "",
            Requestor = request.Requestor,
            MayCancel = true,
        }));
    }

    private static string Class(JsonNode? code) => (int?)code switch
    {
        null or 1 => "task",
        2 => "websocket",
        3 => "token",
        _ => throw ApiException.BadRequest("Invalid operation class"),
    };
}
