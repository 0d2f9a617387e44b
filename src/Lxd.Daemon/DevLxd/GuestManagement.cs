using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Lxd.Core;
using Lxd.Daemon.Http;
using Lxd.Daemon.Identities;
using Lxd.Daemon.Instances;
using Lxd.Daemon.Operations;
using Microsoft.AspNetCore.Http;

namespace Lxd.Daemon.DevLxd;

/// <summary>What an identity may do from inside an instance that has <c>security.devlxd.management.volumes</c>: its volumes, its devices, its operations.</summary>
internal sealed class GuestManagement(GuestApi api, OperationService operations)
{
    private const int LargestBody = 1 << 20;
    private readonly GuestVolumes _volumes = new(api);
    private readonly GuestDevices _devices = new(api, new GuestVolumes(api));

    public static bool Knows(string path) => path.Split('/') is ["", "1.0", "storage-pools" or "instances" or "operations", ..];

    public async Task<GuestAnswer> AnswerAsync(HttpContext context, InstanceRecord instance, IdentityRecord? identity, string path, CancellationToken ct)
    {
        if (identity is null)
        {
            throw ApiException.Forbidden("You must be authenticated");
        }

        if (!instance.IsTrue("security.devlxd.management.volumes"))
        {
            throw ApiException.Forbidden();
        }

        var (caller, method, etag) = (await api.CallerAsync(identity, instance, ct).ConfigureAwait(false), context.Request.Method, context.Request.Headers.IfMatch.ToString());
        switch (method, path.Split('/')[2..])
        {
            case (_, ["storage-pools", .. var rest]):
                return await _volumes.AnswerAsync(caller, method, rest, context.Request.Query["recursion"].ToString() is not ("" or "0"), await BodyAsync(context, ct).ConfigureAwait(false), etag, ct).ConfigureAwait(false);
            case ("GET", ["instances", var name]):
                return await _devices.GetAsync(caller, name, ct).ConfigureAwait(false);
            case ("PATCH", ["instances", var name]):
                return await _devices.PatchAsync(caller, name, await BodyAsync(context, ct).ConfigureAwait(false), etag, ct).ConfigureAwait(false);
            case ("GET", ["operations", var id, "wait"]):
                return await WaitAsync(Find(caller, id), context.Request.Query["timeout"].ToString(), ct).ConfigureAwait(false);
            case ("DELETE", ["operations", var id]):
                Find(caller, id).Cancel();
                return GuestAnswer.Done;
            default:
                throw ApiException.NotFound();
        }
    }

    /// <summary>The operation's state at its end, or after the time; its failure is the answer's.</summary>
    private static async Task<GuestAnswer> WaitAsync(RunningOperation operation, string timeout, CancellationToken ct)
    {
        if (!int.TryParse(timeout.Length > 0 ? timeout : "-1", CultureInfo.InvariantCulture, out var seconds))
        {
            throw ApiException.BadRequest($"Invalid timeout \"{timeout}\"");
        }

        try
        {
            await operation.Done.WaitAsync(seconds < 0 ? Timeout.InfiniteTimeSpan : TimeSpan.FromSeconds(seconds), ct).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // The answer is the operation as it stands.
        }

        operation.ThrowIfFailed();
        return GuestAnswer.Of(operation);
    }

    private RunningOperation Find(Caller caller, string id) => operations.Get(id) is var operation && caller.Is(operation.Requestor) ? operation : throw ApiException.NotFound("Operation not found");

    private static async Task<JsonObject> BodyAsync(HttpContext context, CancellationToken ct)
    {
        var bytes = await JsonBody.ReadAsync(context.Request.Body, LargestBody, ct).ConfigureAwait(false);
        try
        {
            return bytes.Length == 0 ? [] : JsonNode.Parse(bytes.Span) as JsonObject ?? throw ApiException.BadRequest("The request body is not a JSON object");
        }
        catch (JsonException e)
        {
            throw ApiException.BadRequest($"Failed parsing JSON: {e.Message}", e);
        }
    }
}
