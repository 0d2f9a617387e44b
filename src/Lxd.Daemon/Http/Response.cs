using System.Text.Json.Nodes;
using Lxd.Core;
using Lxd.Daemon.Operations;
using Microsoft.AspNetCore.Http;

namespace Lxd.Daemon.Http;

/// <summary>An answer: build it with the static methods, the pipeline writes it.</summary>
internal sealed class Response
{
    private readonly Func<HttpContext, CancellationToken, Task> _write;

    private Response(Func<HttpContext, CancellationToken, Task> write) => _write = write;

    /// <summary>The answer as JSON, where it is a value of the API.</summary>
    public Func<JsonNode?>? Node { get; private init; }

    public string? Etag { get; private init; }

    /// <summary>The work that goes on after the answer.</summary>
    public RunningOperation? Operation { get; private init; }

    /// <summary>Whether the handler has left out of a list what the caller may not view.</summary>
    public bool IsFiltered { get; private init; }

    /// <summary>A list that its handler has filtered itself.</summary>
    public static Response Filtered<T>(T list) => new((c, ct) => Envelope.WriteSyncAsync(c, 200, json => Json.Write(json, list), ct)) { Node = () => Json.Node(list), IsFiltered = true };

    public Task WriteAsync(HttpContext context, CancellationToken ct) => _write(context, ct);

    /// <summary>Done, nothing to tell.</summary>
    public static Response Empty { get; } = new((c, ct) => Envelope.WriteSyncAsync(c, 200, ct));

    /// <summary>Done, with a value of the API.</summary>
    public static Response Sync<T>(T value, string? etag = null) => new((c, ct) =>
    {
        SetEtag(c, etag);
        return Envelope.WriteSyncAsync(c, 200, json => Json.Write(json, value), ct);
    })
    { Node = () => Json.Node(value), Etag = etag };

    public static Response Sync(JsonNode? value, string? etag = null) => new((c, ct) =>
    {
        SetEtag(c, etag);
        return Envelope.WriteSyncAsync(c, 200, json => Json.Write(json, value), ct);
    })
    { Node = () => value, Etag = etag };

    /// <summary>Created: 201 with the new thing's URL.</summary>
    public static Response Created(string url) => new((c, ct) =>
    {
        c.Response.Headers.Location = url;
        return Envelope.WriteSyncAsync(c, 201, ct);
    });

    public static Response Created<T>(string url, T value) => new((c, ct) =>
    {
        c.Response.Headers.Location = url;
        return Envelope.WriteSyncAsync(c, 201, json => Json.Write(json, value), ct);
    });

    /// <summary>Work that goes on in the background.</summary>
    public static Response Async(RunningOperation operation) => new((c, ct) => Envelope.WriteAsyncAsync(c, operation, ct)) { Operation = operation };

    /// <summary>Work that older clients take to be done with the answer (<c>storage_and_profile_operations</c>): they get none before it is, or what it failed with.</summary>
    public static Response AsyncOrDone(Request request, RunningOperation operation) => !ClientVersion.IsBefore(ClientVersion.WithOperations, request) ? Async(operation) : new(async (c, ct) =>
    {
        await operation.Done.WaitAsync(ct).ConfigureAwait(false);
        operation.ThrowIfFailed();
        await Envelope.WriteSyncAsync(c, 200, ct).ConfigureAwait(false);
    })
    { Operation = operation };

    /// <summary>Work that is an operation for those who look for one, but done when it is answered, since many clients go on at once with what it made; or what it failed with.</summary>
    public static async Task<Response> DoneAsync(Request request, RunningOperation operation, CancellationToken ct)
    {
        await operation.Done.WaitAsync(ct).ConfigureAwait(false);
        operation.ThrowIfFailed();
        return AsyncOrDone(request, operation);
    }

    /// <summary>Anything else: a file, a websocket, an upgrade; the function writes status, headers and body.</summary>
    public static Response Raw(Func<HttpContext, CancellationToken, Task> write) => new(write);

    public static Response Text(string text, string contentType = "text/plain") => new(async (c, ct) =>
    {
        c.Response.ContentType = contentType;
        await c.Response.WriteAsync(text, ct).ConfigureAwait(false);
    });

    private static void SetEtag(HttpContext context, string? etag)
    {
        if (etag is not null)
        {
            context.Response.Headers.ETag = etag;
        }
    }
}
