using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Lxd.Core;

namespace Lxd.Network.Dns;

/// <summary>Gives whole zones to the name servers that serve them to the world, and nothing else.</summary>
/// <param name="find">The zone of a name as it is now; null for none.</param>
public sealed class DnsServer(Func<string, CancellationToken, Task<DnsZone?>> find, Action<Exception> failed) : IAsyncDisposable
{
    public const int DefaultPort = 53;
    private const int LargestMessage = 32 * 1024;
    private const int LargestDatagram = 1232;
    private const int MostConnections = 64;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private readonly SemaphoreSlim _lock = new(1, 1);
    private readonly SemaphoreSlim _connections = new(MostConnections, MostConnections);
    private IPEndPoint? _address;
    private CancellationTokenSource? _stop;
    private Task _running = Task.CompletedTask;

    /// <summary>Listens on the address instead of the present one; null for none. A bad request where it cannot.</summary>
    public async Task ListenAsync(IPEndPoint? address, CancellationToken ct)
    {
        await _lock.WaitAsync(ct).ConfigureAwait(false);
        try
        {
            if (Equals(address, _address))
            {
                return;
            }

            await StopAsync().ConfigureAwait(false);
            if (address is not null)
            {
                Start(address);
            }

            _address = address;
        }
        finally
        {
            _lock.Release();
        }
    }

    public async ValueTask DisposeAsync() => await ListenAsync(null, CancellationToken.None).ConfigureAwait(false);

    private void Start(IPEndPoint address)
    {
        var stream = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        var datagrams = new Socket(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            stream.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
            if (address.Address.Equals(IPAddress.IPv6Any))
            {
                stream.DualMode = datagrams.DualMode = true;
            }

            stream.Bind(address);
            stream.Listen(MostConnections);
            datagrams.Bind(address.Port == 0 ? (IPEndPoint)stream.LocalEndPoint! : address);
        }
        catch (SocketException e)
        {
            stream.Dispose();
            datagrams.Dispose();
            throw ApiException.BadRequest($"Failed starting DNS server: listen {address}: {e.Message}", e);
        }

        Endpoint = (IPEndPoint)stream.LocalEndPoint!;
        _stop = new CancellationTokenSource();
        _running = Task.WhenAll(AcceptAsync(stream, _stop.Token), ReceiveAsync(datagrams, _stop.Token));
    }

    /// <summary>Where it listens.</summary>
    internal IPEndPoint? Endpoint { get; private set; }

    private async Task StopAsync()
    {
        if (_stop is not null)
        {
            await _stop.CancelAsync().ConfigureAwait(false);
            await _running.ConfigureAwait(false);
            _stop.Dispose();
            _stop = null;
            _address = null;
        }
    }

    private async Task ReceiveAsync(Socket socket, CancellationToken ct)
    {
        using var datagrams = socket;
        var buffer = new byte[65536];
        while (!ct.IsCancellationRequested)
        {
            try
            {
                var received = await socket.ReceiveFromAsync(buffer, new IPEndPoint(socket.AddressFamily == AddressFamily.InterNetworkV6 ? IPAddress.IPv6Any : IPAddress.Any, 0), ct).ConfigureAwait(false);
                foreach (var answer in await AnswerAsync(buffer[..received.ReceivedBytes], (IPEndPoint)received.RemoteEndPoint, false, ct).ConfigureAwait(false))
                {
                    await socket.SendToAsync(answer, received.RemoteEndPoint, ct).ConfigureAwait(false);
                }
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException)
            {
                // Stopped, or the asker's door is closed.
            }
        }
    }

    private async Task AcceptAsync(Socket socket, CancellationToken ct)
    {
        using var listener = socket;
        while (!ct.IsCancellationRequested)
        {
            try
            {
                await _connections.WaitAsync(ct).ConfigureAwait(false);
                _ = ServeAsync(await AcceptOneAsync(listener, ct).ConfigureAwait(false), ct);
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException)
            {
                // Stopped, or the asker went.
            }
        }
    }

    private async Task<Socket> AcceptOneAsync(Socket listener, CancellationToken ct)
    {
        try
        {
            return await listener.AcceptAsync(ct).ConfigureAwait(false);
        }
        catch
        {
            _connections.Release();
            throw;
        }
    }

    private async Task ServeAsync(Socket socket, CancellationToken ct)
    {
        try
        {
            await using var stream = new NetworkStream(socket, true);
            var remote = (IPEndPoint)socket.RemoteEndPoint!;
            while (true)
            {
                using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
                patience.CancelAfter(Patience);
                var length = new byte[2];
                await stream.ReadExactlyAsync(length, patience.Token).ConfigureAwait(false);
                var message = new byte[BinaryPrimitives.ReadUInt16BigEndian(length)];
                await stream.ReadExactlyAsync(message, patience.Token).ConfigureAwait(false);
                foreach (var answer in await AnswerAsync(message, remote, true, patience.Token).ConfigureAwait(false))
                {
                    await stream.WriteAsync((byte[])[(byte)(answer.Length >> 8), (byte)answer.Length, .. answer], patience.Token).ConfigureAwait(false);
                }
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or SocketException)
        {
            // It has what it wanted, or gave up.
        }
        finally
        {
            _connections.Release();
        }
    }

    private async Task<IReadOnlyList<byte[]>> AnswerAsync(ReadOnlyMemory<byte> bytes, IPEndPoint from, bool whole, CancellationToken ct)
    {
        if (DnsMessage.Read(bytes) is not { } question)
        {
            return [];
        }

        if (question.Type is not (DnsMessage.Soa or DnsMessage.Axfr or DnsMessage.Ixfr))
        {
            return [.. question.Answers(DnsMessage.NotImplemented, [], LargestMessage)];
        }

        try
        {
            // Who may not have a zone does not hear that there is one.
            if (await find(question.Name.ToLowerInvariant(), ct).ConfigureAwait(false) is not { } zone || PeerOf(zone, question, from) is not { } peer)
            {
                return [.. question.Answers(DnsMessage.NoSuchName, [], LargestMessage)];
            }

            var answers = question.Answers(0, Records(zone, question.Type), whole ? LargestMessage : LargestDatagram).ToList();
            answers = whole || answers.Count == 1 ? answers : [question.Cut()];
            return peer.Key.Length > 0 ? Signed(answers, question.Signature!, Convert.FromBase64String(peer.Key)) : answers;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            failed(e);
            return [.. question.Answers(DnsMessage.ServerFailure, [], LargestMessage)];
        }
    }

    private static List<DnsRecord> Records(DnsZone zone, ushort type)
    {
        var serial = DateTimeOffset.UtcNow.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        var soa = new DnsRecord(zone.Name, "SOA", DnsZone.SoaTtl, $"{zone.Name}. {zone.PrimaryServer.TrimEnd('.')}. {serial} 120 60 86400 30");
        return type == DnsMessage.Soa ? [soa] : [soa, .. zone.Records, soa];
    }

    private static DnsPeer? PeerOf(DnsZone zone, DnsMessage question, IPEndPoint from)
    {
        var address = (from.Address.IsIPv4MappedToIPv6 ? from.Address.MapToIPv4() : from.Address).ToString();
        return zone.Peers.FirstOrDefault(peer => (peer.Address.Length > 0 || peer.Key.Length > 0) && (peer.Address.Length == 0 || peer.Address == address)
            && (peer.Key.Length == 0 || (question.Signature is { } signature && signature.Key == $"{zone.Name}_{peer.Name}".ToLowerInvariant() && signature.IsBy(Convert.FromBase64String(peer.Key)))));
    }

    private static List<byte[]> Signed(List<byte[]> answers, Tsig request, byte[] secret)
    {
        var before = request.Mac;
        for (var i = 0; i < answers.Count; i++)
        {
            (answers[i], before) = request.Sign(answers[i], secret, before, i == 0);
        }

        return answers;
    }
}
