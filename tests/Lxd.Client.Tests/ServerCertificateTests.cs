using System.Net;
using System.Net.Sockets;

namespace Lxd.Client.Tests;

public sealed class ServerCertificateTests
{
    [Fact]
    public async Task AServerThatSaysNothingIsGivenUp()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var error = await Assert.ThrowsAsync<SocketException>(() => LxdConnection.ServerCertificateAsync($"https://{silent.LocalEndpoint}", default, TimeSpan.FromMilliseconds(50)));
        Assert.Equal(SocketError.TimedOut, error.SocketErrorCode);
    }

    [Fact]
    public async Task CancellationIsNoSilence()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        using var cancel = new CancellationTokenSource();
        var asking = LxdConnection.ServerCertificateAsync($"https://{silent.LocalEndpoint}", cancel.Token);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking);
    }
}
