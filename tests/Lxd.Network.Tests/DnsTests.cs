using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Lxd.Core;
using Lxd.Network.Dns;

namespace Lxd.Network.Tests;

public sealed class DnsTests
{
    private const string Secret = "c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData("A", "192.0.2.1", "C0000201")]
    [InlineData("A", "192.0.2", null)]
    [InlineData("AAAA", "2001:db8::1", "20010DB8000000000000000000000001")]
    [InlineData("AAAA", "192.0.2.1", null)]
    [InlineData("cname", "a.bc.", "0161026263" + "00")]
    [InlineData("CNAME", "a..b", null)]
    [InlineData("MX", "10 mx.", "000A026D7800")]
    [InlineData("MX", "mx.", null)]
    [InlineData("TXT", "\"a b\" c\\\"", "03612062026322")]
    [InlineData("TXT", "\"a b", null)]
    [InlineData("SRV", "1 2 80 w.", "0001000200500177" + "00")]
    [InlineData("CAA", "0 issue x", "0005697373756578")]
    [InlineData("NOSUCH", "x", null)]
    public void RecordsAreReadAsAZoneFileHasThem(string type, string value, string? data) => Assert.Equal(data, DnsData.Encode(type, value) is { } bytes ? Convert.ToHexString(bytes) : null);

    [Fact]
    public async Task AZoneGoesToItsPeersOnly()
    {
        var zone = new DnsZone("example.net", "hostmaster.example.net", [new DnsPeer("a", "127.0.0.1", "")], [new DnsRecord("c1.example.net", "A", 300, "192.0.2.7")]);
        await using var server = await ServeAsync(name => name == "example.net" ? zone : null);
        var answer = Assert.Single(await AskAsync(server, Question("EXAMPLE.net", 252), 1));
        Assert.Equal(0, answer[3] & 0xf);
        Assert.Equal(3, answer[7]);
        Assert.Contains("02633107" + Convert.ToHexString("example"u8) + "036E657400" + "00010001" + "0000012C" + "0004C0000207", Convert.ToHexString(answer));

        // The same from elsewhere, another zone, and questions about single names.
        zone = zone with { Peers = [new DnsPeer("a", "192.0.2.99", "")] };
        Assert.Equal(3, (await AskAsync(server, Question("example.net", 252), 1))[0][3] & 0xf);
        Assert.Equal(3, (await AskAsync(server, Question("example.org", 6), 1))[0][3] & 0xf);
        Assert.Equal(4, (await AskAsync(server, Question("c1.example.net", 1), 1))[0][3] & 0xf);
    }

    [Fact]
    public async Task AKeyOpensAZoneFromAnywhereAndSignsTheAnswer()
    {
        var zone = new DnsZone("example.net", "ns1.example.net", [new DnsPeer("a", "", Secret)], []);
        await using var server = await ServeAsync(_ => zone);
        Assert.Equal(3, (await AskAsync(server, Question("example.net", 6), 1))[0][3] & 0xf);
        Assert.Equal(3, (await AskAsync(server, Signed(Question("example.net", 6), "example.net_b", Secret), 1))[0][3] & 0xf);
        Assert.Equal(3, (await AskAsync(server, Signed(Question("example.net", 6), "example.net_a", "b3RoZXJvdGhlcm90aGVy"), 1))[0][3] & 0xf);
        Assert.Equal(3, (await AskAsync(server, Signed(Question("example.net", 6), "example.net_a", Secret, -3600), 1))[0][3] & 0xf);
        var answer = (await AskAsync(server, Signed(Question("example.net", 6), "example.net_a", Secret), 1))[0];
        Assert.Equal((0, 1, 1), (answer[3] & 0xf, answer[7], answer[11]));
    }

    [Fact]
    public async Task ALargeZoneIsSeveralMessages()
    {
        var zone = new DnsZone("example.net", "ns", [new DnsPeer("a", "127.0.0.1", "")], [.. Enumerable.Range(0, 3000).Select(i => new DnsRecord($"c{i}.example.net", "A", 300, "192.0.2.7"))]);
        await using var server = await ServeAsync(_ => zone);
        var answers = await AskAsync(server, Question("example.net", 252), 3);
        Assert.Equal(3002, answers.Sum(a => a[6] << 8 | a[7]));
    }

    [Fact]
    public async Task RubbishEndsNothing()
    {
        await using var server = await ServeAsync(_ => throw new InvalidOperationException());
        using var udp = new UdpClient();
        var random = new Random(7);
        for (var i = 0; i < 300; i++)
        {
            var bytes = new byte[random.Next(80)];
            random.NextBytes(bytes);
            await udp.SendAsync(bytes, server.Endpoint!);
        }

        Assert.Equal(2, (await AskAsync(server, Question("example.net", 6), 1))[0][3] & 0xf);
    }

    [Fact]
    public async Task AnAddressThatIsTakenIsRefused()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        await using var server = new DnsServer((_, _) => Task.FromResult<DnsZone?>(null), _ => { });
        await Assert.ThrowsAsync<ApiException>(() => server.ListenAsync((IPEndPoint)other.LocalEndpoint, default));
    }

    private static async Task<DnsServer> ServeAsync(Func<string, DnsZone?> find)
    {
        var server = new DnsServer((name, _) => Task.FromResult(find(name)), _ => { });
        await server.ListenAsync(new IPEndPoint(IPAddress.Loopback, 0), default);
        return server;
    }

    private static byte[] Question(string name, byte type) => [0x12, 0x34, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, .. DnsName.Encode(name)!, 0, type, 0, 1];

    private static byte[] Signed(byte[] question, string key, string secret, long off = 0)
    {
        var time = (ulong)(DateTimeOffset.UtcNow.ToUnixTimeSeconds() + off);
        byte[] six = [(byte)(time >> 40), (byte)(time >> 32), (byte)(time >> 24), (byte)(time >> 16), (byte)(time >> 8), (byte)time];
        var (name, algorithm) = (DnsName.Encode(key)!, DnsName.Encode("hmac-sha256")!);
        var mac = HMACSHA256.HashData(Convert.FromBase64String(secret), (byte[])[.. question, .. name, 0, 255, 0, 0, 0, 0, .. algorithm, .. six, 1, 44, 0, 0, 0, 0]);
        byte[] data = [.. algorithm, .. six, 1, 44, 0, 32, .. mac, question[0], question[1], 0, 0, 0, 0];
        byte[] all = [.. question, .. name, 0, 250, 0, 255, 0, 0, 0, 0, 0, (byte)data.Length, .. data];
        all[11] = 1;
        return all;
    }

    private static async Task<List<byte[]>> AskAsync(DnsServer server, byte[] question, int answers)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(server.Endpoint!);
        var stream = client.GetStream();
        await stream.WriteAsync((byte[])[(byte)(question.Length >> 8), (byte)question.Length, .. question]);
        var found = new List<byte[]>();
        for (var i = 0; i < answers; i++)
        {
            var length = new byte[2];
            await stream.ReadExactlyAsync(length).AsTask().WaitAsync(Patience);
            var answer = new byte[length[0] << 8 | length[1]];
            await stream.ReadExactlyAsync(answer).AsTask().WaitAsync(Patience);
            found.Add(answer);
        }

        return found;
    }
}
