using System.Buffers;
using System.Text;
using Lxd.Daemon.Hosting;

namespace Lxd.Daemon.Tests.Identities;

/// <summary>What proxies say in front of a connection.</summary>
public sealed class ProxyProtocolTests
{
    private static readonly byte[] Signature = [0x0D, 0x0A, 0x0D, 0x0A, 0x00, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A];

    private static (bool? Verdict, int Used, string? Client) Parse(byte[] bytes)
    {
        var verdict = ProxyProtocol.Parse(new ReadOnlySequence<byte>(bytes), out var used, out var client);
        return (verdict, used, client?.ToString());
    }

    private static (bool? Verdict, int Used, string? Client) Parse(string text) => Parse(Encoding.ASCII.GetBytes(text));

    [Fact]
    public void TextIsRead()
    {
        Assert.Equal((true, 45, "192.0.2.1:1234"), Parse("PROXY TCP4 192.0.2.1 198.51.100.1 1234 8443\r\nabc"));
        Assert.Equal((true, 43, "[2001:db8::1]:5"), Parse("PROXY TCP6 2001:db8::1 2001:db8::2 5 8443\r\n\x16"));
        Assert.Equal((true, 15, null), Parse("PROXY UNKNOWN\r\n"));
    }

    [Fact]
    public void BinaryIsRead()
    {
        Assert.Equal((true, 28, "192.0.2.1:4660"), Parse([.. Signature, 0x21, 0x11, 0, 12, 192, 0, 2, 1, 198, 51, 100, 1, 0x12, 0x34, 0x20, 0xFB, 0x16]));
        Assert.Equal((true, 16, null), Parse([.. Signature, 0x20, 0x00, 0, 0]));
    }

    [Fact]
    public void WithoutAHeaderNothingIsUsed() => Assert.Equal((true, 0, null), Parse([0x16, 0x03, 0x01]));

    [Theory]
    [InlineData("")]
    [InlineData("P")]
    [InlineData("PROXY")]
    [InlineData("PROXY TCP4 192.0.2.1 198.51.100.1 1234 8443\r")]
    [InlineData("\r\n\r\n")]
    public void MoreIsWaitedFor(string text) => Assert.Null(Parse(text).Verdict);

    [Theory]
    [InlineData("PROXY TCP4 nonsense 198.51.100.1 1234 8443\r\n")]
    [InlineData("PROXY TCP4 192.0.2.1 198.51.100.1 99999 8443\r\n")]
    [InlineData("PROXY \r\n")]
    [InlineData("PROXY TCP4 192.0.2.1 198.51.100.1 1234 8443 extra\r\n")]
    public void NonsenseIsRefused(string text) => Assert.False(Parse(text).Verdict);

    [Fact]
    public void TooLongIsRefused()
    {
        Assert.False(Parse("PROXY " + new string('x', 200)).Verdict);
        Assert.False(Parse([.. Signature, 0x21, 0x11, 0xFF, 0xFF]).Verdict);
        Assert.False(Parse([.. Signature, 0x11, 0x11, 0, 12]).Verdict);
        Assert.False(Parse([.. Signature, 0x21, 0x11, 0, 4, 1, 2, 3, 4]).Verdict);
    }
}
