using System.Buffers;
using System.Text.Json;
using Lxd.Core;
using Lxd.Daemon.Operations;
using Microsoft.AspNetCore.Http;

namespace Lxd.Daemon.Http;

/// <summary>The JSON around every answer: type, status, status_code, operation, error_code, error, metadata, in this order.</summary>
internal static class Envelope
{
    private static readonly JsonWriterOptions Options = new() { Encoder = Json.Options.Encoder, SkipValidation = true };

    /// <param name="metadata">Writes the value inside.</param>
    public static Task WriteSyncAsync(HttpContext context, int status, Action<Utf8JsonWriter> metadata, CancellationToken ct) =>
        WriteAsync(context, status, "sync", "Success", 200, "", 0, "", metadata, ct);

    public static Task WriteSyncAsync(HttpContext context, int status, CancellationToken ct) => WriteSyncAsync(context, status, Nothing, ct);

    public static Task WriteAsyncAsync(HttpContext context, RunningOperation operation, CancellationToken ct)
    {
        context.Response.Headers.Location = operation.Url;
        return WriteAsync(context, 202, "async", "Operation created", 100, operation.Url, 0, "", json => Json.Write(json, operation.Render()), ct);
    }

    public static Task WriteErrorAsync(HttpContext context, int status, string message, CancellationToken ct)
    {
        context.Response.Headers.XContentTypeOptions = "nosniff";
        return WriteAsync(context, status, "error", "", 0, "", status, message, static json => json.WriteNullValue(), ct);
    }

    /// <summary>The bytes of a sync answer, for answers whose headers went out before.</summary>
    public static ReadOnlyMemory<byte> SyncBytes(Action<Utf8JsonWriter> metadata)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        Build(buffer, "sync", "Success", 200, "", 0, "", metadata);
        return buffer.WrittenMemory;
    }

    private static void Nothing(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteEndObject();
    }

    private static async Task WriteAsync(HttpContext context, int http, string type, string status, int code, string operation, int errorCode, string error, Action<Utf8JsonWriter> metadata, CancellationToken ct)
    {
        using var buffer = new PooledBuffer();
        Build(buffer, type, status, code, operation, errorCode, error, metadata);
        context.Response.StatusCode = http;
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = buffer.Length;
        if (!HttpMethods.IsHead(context.Request.Method))
        {
            await buffer.CopyToAsync(context.Response.Body, ct).ConfigureAwait(false);
        }
    }

    private static void Build(IBufferWriter<byte> buffer, string type, string status, int code, string operation, int errorCode, string error, Action<Utf8JsonWriter> metadata)
    {
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            json.WriteStartObject();
            json.WriteString("type", type);
            json.WriteString("status", status);
            json.WriteNumber("status_code", code);
            json.WriteString("operation", operation);
            json.WriteNumber("error_code", errorCode);
            json.WriteString("error", error);
            json.WritePropertyName("metadata");
            metadata(json);
            json.WriteEndObject();
        }

        buffer.Write("\n"u8);
    }
}
