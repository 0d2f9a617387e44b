using System.Text.Json;
using Lxd.Core;

namespace Lxd.Daemon.Http;

/// <summary>The one JSON value of a request's body. What follows it is not waited for: a client may announce more bytes than it sends.</summary>
internal sealed class JsonBody
{
    private readonly MemoryStream _bytes = new();
    private JsonReaderState _state;
    private int _scanned;
    private bool _malformed;

    /// <param name="most">Bytes it may have.</param>
    public static async Task<ReadOnlyMemory<byte>> ReadAsync(Stream stream, int most, CancellationToken ct)
    {
        var body = new JsonBody();
        var chunk = new byte[16384];
        int read;
        while ((read = await stream.ReadAsync(chunk, ct).ConfigureAwait(false)) > 0)
        {
            if (body._bytes.Length + read > most)
            {
                throw new ApiException(413, "The request body is too large");
            }

            body._bytes.Write(chunk, 0, read);
            if (body.IsComplete())
            {
                return body._bytes.ToArray().AsMemory(0, body._scanned);
            }
        }

        return body._bytes.ToArray();
    }

    /// <summary>Whether an object or list has ended; whoever parses says what is wrong with one that is malformed.</summary>
    private bool IsComplete()
    {
        if (_malformed)
        {
            return false;
        }

        var reader = new Utf8JsonReader(_bytes.GetBuffer().AsSpan(_scanned, (int)_bytes.Length - _scanned), false, _state);
        var complete = false;
        try
        {
            while (!complete && reader.Read())
            {
                complete = reader.CurrentDepth == 0 && (reader.TokenType is JsonTokenType.EndObject or JsonTokenType.EndArray);
            }
        }
        catch (JsonException)
        {
            _malformed = true;
            return false;
        }

        _state = reader.CurrentState;
        _scanned += (int)reader.BytesConsumed;
        return complete;
    }
}
