using System.Buffers.Binary;
using Lxd.Core.Sftp;

namespace Lxd.Daemon.Instances.Files.Sftp;

/// <summary>One client of the protocol. Requests are answered in the order they come, which is what the protocol asks of those on one file; a client may send many before it reads an
/// answer. Neither a long queue nor a wrong length makes the session grow: it reads no further while its answers wait to be sent.</summary>
internal sealed class SftpSession(Stream stream, InstanceFiles files) : IDisposable
{
    private const int LengthSize = 4;
    private readonly SftpTree _tree = new(files);
    private readonly SftpHandles _handles = new();
    private readonly SftpWriter _answers = new();
    private readonly byte[] _buffer = new byte[LengthSize + SftpProtocol.LongestPacket];
    private int _start;
    private int _end;

    public void Dispose()
    {
        _handles.Dispose();
        _tree.Dispose();
    }

    /// <summary>Serves until the client leaves or breaks the protocol.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        try
        {
            if (!await GreetAsync(ct).ConfigureAwait(false))
            {
                return;
            }

            var requests = new SftpRequests(_tree, _handles, _answers);
            while (await NextAsync(ct).ConfigureAwait(false) is { } packet)
            {
                await requests.AnswerAsync(packet).ConfigureAwait(false);
                if (_answers.Length >= SftpProtocol.LongestPacket)
                {
                    await SendAsync(ct).ConfigureAwait(false);
                }
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // The client is gone, or talks nonsense: there is nobody to tell.
        }
    }

    private async Task<bool> GreetAsync(CancellationToken ct)
    {
        if (await NextAsync(ct).ConfigureAwait(false) is not { } packet || (SftpKind)packet.Span[0] != SftpKind.Init)
        {
            return false;
        }

        _answers.Begin(SftpKind.Version);
        _answers.UInt32(SftpProtocol.Version);
        foreach (var (name, version) in SftpRequests.Extensions)
        {
            _answers.Text(name);
            _answers.Text(version);
        }

        _answers.End();
        return true;
    }

    /// <summary>The next packet without its length, valid until the next call; null where the client left between two.</summary>
    private async Task<ReadOnlyMemory<byte>?> NextAsync(CancellationToken ct)
    {
        while (true)
        {
            var there = _end - _start;
            if (there >= LengthSize)
            {
                var length = BinaryPrimitives.ReadUInt32BigEndian(_buffer.AsSpan(_start));
                if (length is 0 or > SftpProtocol.LongestPacket)
                {
                    throw new SftpFormatException($"A packet of {length} bytes");
                }

                if (there >= LengthSize + (int)length)
                {
                    var packet = _buffer.AsMemory(_start + LengthSize, (int)length);
                    _start += LengthSize + (int)length;
                    return packet;
                }
            }

            await SendAsync(ct).ConfigureAwait(false);
            _buffer.AsSpan(_start, there).CopyTo(_buffer);
            (_start, _end) = (0, there);
            var read = await stream.ReadAsync(_buffer.AsMemory(_end), ct).ConfigureAwait(false);
            if (read == 0)
            {
                return there == 0 ? null : throw new SftpFormatException("The client left within a packet");
            }

            _end += read;
        }
    }

    private async Task SendAsync(CancellationToken ct)
    {
        if (_answers.Length > 0)
        {
            await stream.WriteAsync(_answers.Written, ct).ConfigureAwait(false);
            await stream.FlushAsync(ct).ConfigureAwait(false);
            _answers.Clear();
        }
    }
}
