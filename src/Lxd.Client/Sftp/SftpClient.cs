using System.Buffers.Binary;
using System.Collections.Concurrent;
using Lxd.Core;
using Lxd.Core.Sftp;

namespace Lxd.Client.Sftp;

/// <summary>The files of an instance over one connection. Requests may be made at once from many tasks: answers find theirs by number.</summary>
public sealed class SftpClient : IAsyncDisposable
{
    private readonly HttpResponseMessage _response;
    private readonly Stream _stream;
    private readonly SemaphoreSlim _writing = new(1, 1);
    private readonly SftpWriter _packets = new();
    private readonly ConcurrentDictionary<uint, (Answers Of, int Place)> _waiting = new();
    private readonly CancellationTokenSource _over = new();
    private readonly byte[] _buffer = new byte[64 << 10];
    private int _start;
    private int _end;
    private Task _reading = Task.CompletedTask;
    private uint _last;

    private SftpClient(HttpResponseMessage response, Stream stream)
    {
        _response = response;
        _stream = stream;
    }

    /// <param name="url"><c>/1.0/instances/NAME</c>.</param>
    public static async Task<SftpClient> ConnectAsync(LxdConnection server, string url, CancellationToken ct)
    {
        var response = await server.UpgradeAsync(url + "/sftp", "sftp", ct).ConfigureAwait(false);
        var client = new SftpClient(response, await response.Content.ReadAsStreamAsync(ct).ConfigureAwait(false));
        try
        {
            client._packets.Begin(SftpKind.Init);
            client._packets.UInt32(SftpProtocol.Version);
            client._packets.End();
            await client._stream.WriteAsync(client._packets.Written, ct).ConfigureAwait(false);
            await client._stream.FlushAsync(ct).ConfigureAwait(false);
            client._packets.Clear();
            var hello = await client.ReadPacketAsync(ct).ConfigureAwait(false);
            if (hello is not { Length: > 0 } || hello[0] != (byte)SftpKind.Version)
            {
                throw new ApiException(0, "The server speaks no SFTP");
            }

            client._reading = client.ReadAllAsync();
            return client;
        }
        catch
        {
            await client.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Sends packets in one go and waits for the answers of all.</summary>
    /// <param name="builds">Each writes the fields after a request's number.</param>
    internal async Task<byte[][]> SendAsync((SftpKind Kind, Action<SftpWriter> Write)[] builds, CancellationToken ct)
    {
        var answers = new Answers(builds.Length);
        await _writing.WaitAsync(ct).ConfigureAwait(false);
        try
        {
            for (var i = 0; i < builds.Length; i++)
            {
                var id = ++_last;
                _waiting[id] = (answers, i);
                _packets.Begin(builds[i].Kind, id);
                builds[i].Write(_packets);
                _packets.End();
            }

            await _stream.WriteAsync(_packets.Written, ct).ConfigureAwait(false);
            await _stream.FlushAsync(ct).ConfigureAwait(false);
        }
        finally
        {
            _packets.Clear();
            _writing.Release();
        }

        if (_over.IsCancellationRequested)
        {
            Fail(new IOException("The connection to the files is gone"));
        }

        return await answers.All.WaitAsync(ct).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync().ConfigureAwait(false);
        await _stream.DisposeAsync().ConfigureAwait(false);
        await _reading.ConfigureAwait(false);
        _response.Dispose();
        _writing.Dispose();
        _over.Dispose();
    }

    private async Task ReadAllAsync()
    {
        try
        {
            while (await ReadPacketAsync(_over.Token).ConfigureAwait(false) is { } packet)
            {
                if (packet.Length >= 5 && _waiting.TryRemove(BinaryPrimitives.ReadUInt32BigEndian(packet.AsSpan(1)), out var waiting))
                {
                    waiting.Of.Put(waiting.Place, packet);
                }
            }

            throw new IOException("The server closed the connection to the files");
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException)
        {
            if (!_over.IsCancellationRequested)
            {
                await _over.CancelAsync().ConfigureAwait(false);
            }

            Fail(e);
        }
    }

    private void Fail(Exception e)
    {
        foreach (var id in _waiting.Keys)
        {
            if (_waiting.TryRemove(id, out var waiting))
            {
                waiting.Of.Fail(e is IOException ? e : new IOException("The connection to the files is gone", e));
            }
        }
    }

    /// <summary>A packet without its length; null at the end.</summary>
    private async Task<byte[]?> ReadPacketAsync(CancellationToken ct)
    {
        const int head = 4;
        if (_end - _start < head)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
            _end += await _stream.ReadAtLeastAsync(_buffer.AsMemory(_end), head - _end, false, ct).ConfigureAwait(false);
            if (_end < head)
            {
                return null;
            }
        }

        var length = BinaryPrimitives.ReadUInt32BigEndian(_buffer.AsSpan(_start));
        if (length is 0 or > SftpProtocol.LongestPacket + 1024)
        {
            throw new SftpFormatException("A packet has an impossible length");
        }

        var packet = GC.AllocateUninitializedArray<byte>((int)length);
        var there = Math.Min(packet.Length, _end - _start - head);
        _buffer.AsSpan(_start + head, there).CopyTo(packet);
        _start += head + there;
        await _stream.ReadExactlyAsync(packet.AsMemory(there), ct).ConfigureAwait(false);
        return packet;
    }

    /// <summary>The answers to what was sent in one go: whoever waits for them is woken once.</summary>
    private sealed class Answers(int count)
    {
        private readonly TaskCompletionSource<byte[][]> _all = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly byte[][] _packets = new byte[count][];
        private int _missing = count;

        public Task<byte[][]> All => _all.Task;

        public void Put(int place, byte[] packet)
        {
            _packets[place] = packet;
            if (Interlocked.Decrement(ref _missing) == 0)
            {
                _all.TrySetResult(_packets);
            }
        }

        public void Fail(Exception e) => _all.TrySetException(e);
    }
}
