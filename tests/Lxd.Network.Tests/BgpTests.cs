using System.Net;
using System.Net.Sockets;
using Lxd.Core;
using Lxd.Network.Bgp;
using Lxd.Network.Nics;

namespace Lxd.Network.Tests;

public sealed class BgpTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task APeerIsToldThePrefixesAndTheirChanges()
    {
        using var router = new TcpListener(IPAddress.Loopback, 0);
        router.Start();
        await using var speaker = new BgpSpeaker((_, _) => { });
        await speaker.UseAsync(new BgpSettings(new IPEndPoint(IPAddress.Loopback, 0), 65000, IPAddress.Parse("192.0.2.1")), default);
        var peer = new BgpPeerSpec(IPAddress.Loopback, 70000, "", 90) { Port = ((IPEndPoint)router.LocalEndpoint).Port };
        await speaker.TellAsync([Prefix("10.1.2.0/24", "0.0.0.0"), Prefix("2001:db8::/32", "2001:db8::9")], [peer], default);
        using var connection = await router.AcceptTcpClientAsync().WaitAsync(Patience);
        var stream = connection.GetStream();

        // OPEN: version 4, AS 65000, hold time 90, id, capabilities IPv4, IPv6, AS of 32 bits.
        Assert.Equal("01:04FDE8005AC000020114021201040001000101040002000141040000FDE8", await ReadAsync(stream));
        await WriteAsync(stream, 1, "045BA0005A0A000001080206410400011170");
        Assert.Equal("04:", await ReadAsync(stream));
        await WriteAsync(stream, 4, "");

        // Origin, path of 65000, next hop: our address on the session.
        Assert.Equal("02:00000014400101004002060201" + "0000FDE8" + "4003047F000001" + "180A0102", await ReadAsync(stream));
        Assert.Equal("02:0000002A" + "40010100" + "4002060201" + "0000FDE8" + "800E1A" + "00020110" + "20010DB8000000000000000000000009" + "00" + "2020010DB8", await ReadAsync(stream));
        await speaker.TellAsync([Prefix("10.1.2.0/24", "10.9.9.9")], [peer], default);
        Assert.Equal("02:0000000B800F080002012020010DB8", await ReadAsync(stream));
        Assert.EndsWith("4003040A090909180A0102", await ReadAsync(stream), StringComparison.Ordinal);
        await speaker.TellAsync([], [peer], default);
        Assert.Equal("02:0004180A01020000", await ReadAsync(stream));

        // A peer that is none any more is told so.
        var gone = speaker.TellAsync([], [], default);
        Assert.Equal("03:0602", await ReadAsync(stream));
        await gone.WaitAsync(Patience);
    }

    [Fact]
    public async Task APeerOfAnotherSystemIsRefused()
    {
        using var router = new TcpListener(IPAddress.Loopback, 0);
        router.Start();
        await using var speaker = new BgpSpeaker((_, _) => { });
        await speaker.UseAsync(new BgpSettings(new IPEndPoint(IPAddress.Loopback, 0), 65000, IPAddress.Parse("192.0.2.1")), default);
        await speaker.TellAsync([], [new BgpPeerSpec(IPAddress.Loopback, 65001, "", 90) { Port = ((IPEndPoint)router.LocalEndpoint).Port }], default);
        using var connection = await router.AcceptTcpClientAsync().WaitAsync(Patience);
        var stream = connection.GetStream();
        await ReadAsync(stream);
        await WriteAsync(stream, 1, "04FDEA005A0A00000100");
        Assert.Equal("03:0202", await ReadAsync(stream));
    }

    [Fact]
    public async Task AnAddressThatIsTakenIsRefused()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        await using var speaker = new BgpSpeaker((_, _) => { });
        await Assert.ThrowsAsync<ApiException>(() => speaker.UseAsync(new BgpSettings((IPEndPoint)other.LocalEndpoint, 65000, IPAddress.Parse("192.0.2.1")), default));
        Assert.False(speaker.IsRunning);
    }

    private static BgpPrefix Prefix(string network, string hop) => new("owner", Cidr.List(network)[0], IPAddress.Parse(hop));

    private static async Task<string> ReadAsync(NetworkStream stream)
    {
        var header = new byte[19];
        await stream.ReadExactlyAsync(header).AsTask().WaitAsync(Patience);
        Assert.All(header[..16], b => Assert.Equal(0xff, b));
        var body = new byte[(header[16] << 8 | header[17]) - 19];
        await stream.ReadExactlyAsync(body).AsTask().WaitAsync(Patience);
        return $"{header[18]:X2}:{Convert.ToHexString(body)}";
    }

    private static async Task WriteAsync(NetworkStream stream, byte type, string body)
    {
        var bytes = Convert.FromHexString(body);
        await stream.WriteAsync((byte[])[.. Enumerable.Repeat((byte)0xff, 16), (byte)((bytes.Length + 19) >> 8), (byte)(bytes.Length + 19), type, .. bytes]);
    }
}
