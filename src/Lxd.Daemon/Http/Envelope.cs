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

    public static Task WriteSyncAsync(HttpContext context, int status, byte[] metadata, CancellationToken ct) =>
        WriteAsync(context, status, "sync", "Success", 200, "", 0, "", metadata, ct);

    public static Task WriteAsyncAsync(HttpContext context, RunningOperation operation, CancellationToken ct)
    {
        context.Response.Headers.Location = operation.Url;
        return WriteAsync(context, 202, "async", "Operation created", 100, operation.Url, 0, "", Json.Bytes(operation.Render()), ct);
    }

    public static Task WriteErrorAsync(HttpContext context, int status, string message, CancellationToken ct)
    {
        context.Response.Headers.XContentTypeOptions = "nosniff";
        return WriteAsync(context, status, "error", "", 0, "", status, message, "null"u8.ToArray(), ct);
    }

    /// <summary>The bytes of a sync answer, for answers whose headers went out before.</summary>
    public static ReadOnlyMemory<byte> SyncBytes(byte[] metadata) => Build("sync", "Success", 200, "", 0, "", metadata);

    public static ReadOnlyMemory<byte> ErrorBytes(int status, string message) => Build("error", "", 0, "", status, message, "null"u8.ToArray());

    private static async Task WriteAsync(HttpContext context, int http, string type, string status, int code, string operation, int errorCode, string error, byte[] metadata, CancellationToken ct)
    {
        var body = Build(type, status, code, operation, errorCode, error, metadata);
        context.Response.StatusCode = http;
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = body.Length;
        if (!HttpMethods.IsHead(context.Request.Method))
        {
            await context.Response.Body.WriteAsync(body, ct).ConfigureAwait(false);
        }
    }

    private static ReadOnlyMemory<byte> Build(string type, string status, int code, string operation, int errorCode, string error, byte[] metadata)
    {
        var buffer = new ArrayBufferWriter<byte>(metadata.Length + 256);
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
            json.WriteRawValue(metadata, skipInputValidation: true);
            json.WriteEndObject();
        }

        buffer.Write("\n"u8);
        return buffer.WrittenMemory;
    }
}
