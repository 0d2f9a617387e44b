using System.Buffers;
using System.Globalization;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Connections;

namespace Lxd.Daemon.Hosting;

/// <summary>HAProxy's PROXY protocol, versions 1 and 2: a proxy that is trusted tells in front of the TLS connection for whom it speaks.</summary>
/// <param name="trusted">The addresses of such proxies, separated by commas: <c>core.https_trusted_proxy</c>.</param>
internal sealed class ProxyProtocol(Func<string> trusted)
{
    private const int LongestText = 107;
    private const int BinaryHeader = 16;
    private static readonly byte[] Signature = [0x0D, 0x0A, 0x0D, 0x0A, 0x00, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A];

    /// <summary>Reads the proxy's line, where the connection is a trusted proxy's and begins with one, and makes its client's address the connection's.</summary>
    public async Task HandleAsync(ConnectionContext connection, Func<Task> next)
    {
        if (connection.RemoteEndPoint is IPEndPoint remote && IsTrusted(remote.Address))
        {
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(connection.ConnectionClosed);
            patience.CancelAfter(TimeSpan.FromSeconds(5));
            try
            {
                if (!await ReadAsync(connection, patience.Token).ConfigureAwait(false))
                {
                    connection.Abort();
                    return;
                }
            }
            catch (OperationCanceledException)
            {
                connection.Abort();
                return;
            }
        }

        await next().ConfigureAwait(false);
    }

    private bool IsTrusted(IPAddress address)
    {
        var list = trusted();
        return list.Length > 0 && list.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Any(t => IPAddress.TryParse(t, out var proxy) && proxy.Equals(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address));
    }

    /// <summary>False for what begins like a header and is none.</summary>
    private static async Task<bool> ReadAsync(ConnectionContext connection, CancellationToken ct)
    {
        var input = connection.Transport.Input;
        while (true)
        {
            var read = await input.ReadAsync(ct).ConfigureAwait(false);
            var verdict = Parse(read.Buffer, out var used, out var client);
            if (verdict is true)
            {
                input.AdvanceTo(read.Buffer.GetPosition(used));
                connection.RemoteEndPoint = client ?? connection.RemoteEndPoint;
                return true;
            }

            input.AdvanceTo(read.Buffer.Start, verdict is null ? read.Buffer.End : read.Buffer.Start);
            if (verdict is false || read.IsCompleted)
            {
                return false;
            }
        }
    }

    /// <summary>True where a header was read (or none is there: nothing used), null where more has to come, false for nonsense.</summary>
    internal static bool? Parse(ReadOnlySequence<byte> buffer, out int used, out IPEndPoint? client)
    {
        (used, client) = (0, null);
        Span<byte> start = stackalloc byte[Math.Min(LongestText, (int)Math.Min(buffer.Length, LongestText))];
        buffer.Slice(0, start.Length).CopyTo(start);
        if (start.Length == 0)
        {
            return null;
        }

        if (Begins(start, "PROXY "u8))
        {
            return start.Length < 6 ? null : ParseText(start, out used, out client);
        }

        return Begins(start, Signature) ? ParseBinary(buffer, start, out used, out client) : true;
    }

    private static bool Begins(ReadOnlySpan<byte> text, ReadOnlySpan<byte> word) => text[..Math.Min(text.Length, word.Length)].SequenceEqual(word[..Math.Min(text.Length, word.Length)]);

    /// <summary><c>PROXY TCP4 192.0.2.1 192.0.2.2 1234 8443</c> and the end of a line.</summary>
    private static bool? ParseText(ReadOnlySpan<byte> start, out int used, out IPEndPoint? client)
    {
        (used, client) = (0, null);
        var end = start.IndexOf("\r\n"u8);
        if (end < 0)
        {
            return start.Length < LongestText ? null : false;
        }

        used = end + 2;
        var words = Encoding.ASCII.GetString(start[..end]).Split(' ');
        if (words is ["PROXY", "UNKNOWN", ..])
        {
            return true;
        }

        if (words is not ["PROXY", "TCP4" or "TCP6", var source, _, var port, _] || !IPAddress.TryParse(source, out var address) || !ushort.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            return false;
        }

        client = new IPEndPoint(address, number);
        return true;
    }

    private static bool? ParseBinary(ReadOnlySequence<byte> buffer, ReadOnlySpan<byte> start, out int used, out IPEndPoint? client)
    {
        (used, client) = (0, null);
        if (start.Length < BinaryHeader)
        {
            return null;
        }

        var length = (start[14] << 8) | start[15];
        if (start[12] >> 4 != 2 || length > 2048)
        {
            return false;
        }

        if (buffer.Length < BinaryHeader + length)
        {
            return null;
        }

        used = BinaryHeader + length;
        if ((start[12] & 0x0F) == 0)
        {
            // The proxy speaks for itself.
            return true;
        }

        var body = buffer.Slice(BinaryHeader, length).ToArray();
        var size = (start[13] >> 4) switch
        {
            1 => 4,
            2 => 16,
            _ => 0,
        };
        if (size == 0)
        {
            return true;
        }

        if (body.Length < 2 * size + 4)
        {
            return false;
        }

        client = new IPEndPoint(new IPAddress(body.AsSpan(0, size)), (body[2 * size] << 8) | body[2 * size + 1]);
        return true;
    }
}
