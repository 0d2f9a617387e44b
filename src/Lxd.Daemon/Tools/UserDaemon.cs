using System.Net.Security;
using System.Net.Sockets;
using Lxd.Client;
using Lxd.Core;
using Lxd.Daemon.Hosting;
using Lxd.Daemon.Server;

namespace Lxd.Daemon.Tools;

/// <summary><c>lxd-user</c>: a socket for users who may not administer LXD. Each user who connects gets a restricted project of their own and reaches the daemon with
/// a certificate that sees only that. It listens on <c>unix.socket</c> in the working directory, or on the socket systemd hands over.</summary>
internal static class UserDaemon
{
    private const int SolSocket = 1;
    private const int SoPeerCred = 17;

    public static async Task<int> RunAsync(string[] args)
    {
        if (args.Contains("--version"))
        {
            await Console.Out.WriteLineAsync(ServerService.Version).ConfigureAwait(false);
            return 0;
        }

        if (args.Contains("-h") || args.Contains("--help"))
        {
            await Console.Out.WriteAsync("Description:\n  Give users who may not administer LXD a project of their own\n\nUsage:\n  lxd-user [flags]\n\nFlags:\n  -h, --help      Show this\n      --version   Show the version\n").ConfigureAwait(false);
            return 0;
        }

        var options = new DaemonOptions(DaemonOptions.DefaultDirectory);
        using var listener = Listen();
        var setup = new UserSetup(options, Path.Combine(Directory.GetCurrentDirectory(), "users"));
        while (true)
        {
            var client = await listener.AcceptAsync().ConfigureAwait(false);
            _ = ServeAsync(client, options, setup);
        }
    }

    private static Socket Listen()
    {
        if (Systemd.InheritedSocket() is { } fd)
        {
            return new Socket(new SafeSocketHandle((nint)fd, ownsHandle: true));
        }

        File.Delete("unix.socket");
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint("unix.socket"));
        File.SetUnixFileMode("unix.socket", UnixFileMode.UserRead | UnixFileMode.UserWrite);
        socket.Listen();
        return socket;
    }

    /// <summary>Passes one connection on, as the user it comes from.</summary>
    private static async Task ServeAsync(Socket client, DaemonOptions options, UserSetup setup)
    {
        using var down = client;
        try
        {
            var credentials = new byte[12];
            client.GetRawSocketOption(SolSocket, SoPeerCred, credentials);
            var certificate = await setup.EnsureAsync(BitConverter.ToUInt32(credentials, 4), BitConverter.ToUInt32(credentials, 8), CancellationToken.None).ConfigureAwait(false);
            using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(options.TlsSocket)).ConfigureAwait(false);
            await using var tls = new SslStream(new NetworkStream(socket), false, (_, _, _, _) => true);
            await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = "lxd", ClientCertificates = [certificate] }).ConfigureAwait(false);
            await using var user = new NetworkStream(client);
            await Task.WhenAny(user.CopyToAsync(tls), tls.CopyToAsync(user)).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or SocketException or ApiException or System.Security.Authentication.AuthenticationException)
        {
            await Console.Error.WriteLineAsync($"Error: {e.Message}").ConfigureAwait(false);
        }
    }
}
