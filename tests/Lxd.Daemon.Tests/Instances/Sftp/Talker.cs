using System.Buffers.Binary;
using System.Net.Sockets;
using Lxd.Core.Sftp;

namespace Lxd.Daemon.Tests.Instances.Sftp;

/// <summary>A client that sends what it is told, one request at a time.</summary>
internal sealed class Talker : IAsyncDisposable
{
    private readonly Stream _stream;
    private uint _id;

    private Talker(Stream stream, Task ended)
    {
        _stream = stream;
        Ended = ended;
    }

    public delegate T Parse<out T>(ref SftpReader reader);

    /// <summary>The end of the session.</summary>
    public Task Ended { get; }

    public static async Task<(Stream One, Stream Two)> PairAsync(string path)
    {
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen(1);
        var two = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await two.ConnectAsync(new UnixDomainSocketEndPoint(path));
        return (new NetworkStream(await listener.AcceptAsync(), true), new NetworkStream(two, true));
    }

    public static async Task<Talker> GreetAsync(Stream stream, Task ended)
    {
        var talker = new Talker(stream, ended);
        await talker.SendAsync(Convert.FromHexString("000000050100000003"));
        var version = await talker.ReceiveAsync();
        Assert.Equal((byte)SftpKind.Version, version[0]);
        Assert.Equal(3u, BinaryPrimitives.ReadUInt32BigEndian(version.AsSpan(1)));
        return talker;
    }

    public async ValueTask DisposeAsync()
    {
        await _stream.DisposeAsync();
        await Ended.WaitAsync(TimeSpan.FromMinutes(2));
    }

    public async Task SendAsync(ReadOnlyMemory<byte> data)
    {
        await _stream.WriteAsync(data);
        await _stream.FlushAsync();
    }

    public async Task<byte[]> ReceiveAsync()
    {
        var length = new byte[4];
        await _stream.ReadExactlyAsync(length);
        var packet = new byte[BinaryPrimitives.ReadUInt32BigEndian(length)];
        await _stream.ReadExactlyAsync(packet);
        return packet;
    }

    public async Task<(SftpKind Kind, T Value)> AskAsync<T>(SftpKind kind, Action<SftpWriter> fill, Parse<T> parse)
    {
        var writer = new SftpWriter();
        writer.Begin(kind, ++_id);
        fill(writer);
        writer.End();
        await SendAsync(writer.Written);
        return Read(await ReceiveAsync(), _id, parse);
    }

    public async Task<SftpStatus> StatusAsync(SftpKind kind, Action<SftpWriter> fill)
    {
        var (answer, status) = await AskAsync(kind, fill, (ref SftpReader r) => (SftpStatus)r.UInt32());
        Assert.Equal(SftpKind.Status, answer);
        return status;
    }

    public async Task<byte[]> OpenAsync(string path, SftpOpen how, SftpAttributes attributes)
    {
        var (answer, handle) = await AskAsync(SftpKind.Open, w =>
        {
            w.Text(path);
            w.UInt32((uint)how);
            attributes.Write(w);
        }, (ref SftpReader r) => r.Bytes().ToArray());
        Assert.Equal(SftpKind.Handle, answer);
        return handle;
    }

    public async Task<SftpAttributes?> StatAsync(string path)
    {
        var (answer, attributes) = await AskAsync(SftpKind.Stat, w => w.Text(path), (ref SftpReader r) => SftpAttributes.Read(ref r));
        return answer == SftpKind.Attributes ? attributes : null;
    }

    private static (SftpKind, T) Read<T>(byte[] packet, uint id, Parse<T> parse)
    {
        var reader = new SftpReader(packet);
        var kind = (SftpKind)reader.Byte();
        Assert.Equal(id, reader.UInt32());
        return (kind, parse(ref reader));
    }
}
