using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;

namespace Lxd.Client.Ssh;

/// <summary>Serves SFTP over SSH (RFC 4252, 4254) on a socket; each SFTP session is a stream that <paramref name="open"/> gives.</summary>
/// <param name="user">The one user; with an empty <paramref name="password"/> everybody comes in.</param>
public sealed class SshSftpServer(string user, string password, Func<CancellationToken, Task<Stream>> open) : IDisposable
{
    private static readonly TimeSpan LongestLogin = TimeSpan.FromMinutes(2);
    private readonly ECDsa _hostKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    /// <summary>The SHA-256 of the host key in base64 without padding, as OpenSSH shows it.</summary>
    public string Fingerprint => Convert.ToBase64String(SHA256.HashData(SshTransport.PublicKey(_hostKey))).TrimEnd('=');

    /// <summary>Takes connections until it is cancelled.</summary>
    public async Task ServeAsync(TcpListener listener, CancellationToken ct)
    {
        while (true)
        {
            var client = await listener.AcceptTcpClientAsync(ct).ConfigureAwait(false);
            _ = ConnectionAsync(client, ct);
        }
    }

    public void Dispose() => _hostKey.Dispose();

    private async Task ConnectionAsync(TcpClient client, CancellationToken ct)
    {
        using (client)
        {
            client.NoDelay = true;
            using var transport = new SshTransport(client.GetStream(), _hostKey);
            using var ended = CancellationTokenSource.CreateLinkedTokenSource(ct);
            try
            {
                if (await LoginAsync(transport, ct).WaitAsync(LongestLogin, ct).ConfigureAwait(false))
                {
                    await new Session(transport, open).RunAsync(ended.Token).ConfigureAwait(false);
                }
            }
            catch (Exception e) when (e is IOException or OperationCanceledException or SocketException or CryptographicException or ArgumentException or TimeoutException)
            {
                // The client went away, or speaks something else.
            }
            finally
            {
                await ended.CancelAsync().ConfigureAwait(false);
            }
        }
    }

    private async Task<bool> LoginAsync(SshTransport transport, CancellationToken ct)
    {
        const int MostTries = 6;
        await transport.OpenAsync(ct).ConfigureAwait(false);
        for (var tries = 0; tries < MostTries;)
        {
            var message = await transport.ReceiveAsync(ct).ConfigureAwait(false);
            switch (message.Kind)
            {
                case 5: // SERVICE_REQUEST
                    var service = message.Text();
                    await transport.SendAsync(SshWriter.Message(6, w => w.Text(service)), ct).ConfigureAwait(false);
                    break;
                case 50: // USERAUTH_REQUEST
                    if (IsLogin(message))
                    {
                        await transport.SendAsync([52], ct).ConfigureAwait(false);
                        return true;
                    }

                    tries++;
                    await transport.SendAsync(SshWriter.Message(51, w => w.Text("password").Bool(false)), ct).ConfigureAwait(false);
                    break;
                case 2 or 3 or 4: // IGNORE, UNIMPLEMENTED, DEBUG
                    break;
                default:
                    return false;
            }
        }

        return false;
    }

    private bool IsLogin(SshReader message)
    {
        var name = message.Text();
        message.Text();
        var method = message.Text();
        if (password.Length == 0)
        {
            return true;
        }

        if (method != "password")
        {
            return false;
        }

        message.Bool();
        return CryptographicOperations.FixedTimeEquals(message.String(), Encoding.UTF8.GetBytes(password)) & CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(name), Encoding.UTF8.GetBytes(user));
    }

    /// <summary>The channels of one connection.</summary>
    private sealed class Session(SshTransport transport, Func<CancellationToken, Task<Stream>> open)
    {
        private readonly Dictionary<uint, SshChannel> _channels = [];
        private uint _opened;

        public async Task RunAsync(CancellationToken ct)
        {
            try
            {
                while (true)
                {
                    await HandleAsync(await transport.ReceiveAsync(ct).ConfigureAwait(false), ct).ConfigureAwait(false);
                }
            }
            finally
            {
                foreach (var channel in _channels.Values)
                {
                    await channel.DisposeAsync().ConfigureAwait(false);
                }
            }
        }

        private async Task HandleAsync(SshReader message, CancellationToken ct)
        {
            switch (message.Kind)
            {
                case 1: // DISCONNECT
                    throw new IOException("the client says goodbye");
                case SshTransport.KexInit:
                    await transport.ExchangeAsync(message, ct).ConfigureAwait(false);
                    break;
                case 80: // GLOBAL_REQUEST
                    message.Text();
                    if (message.Bool())
                    {
                        await transport.SendAsync([82], ct).ConfigureAwait(false);
                    }

                    break;
                case 90: // CHANNEL_OPEN
                    await OpenAsync(message, ct).ConfigureAwait(false);
                    break;
                case 93 when Find(message) is { } channel: // CHANNEL_WINDOW_ADJUST
                    channel.Grow(message.UInt32());
                    break;
                case 94 when Find(message) is { } channel: // CHANNEL_DATA
                    await channel.WriteAsync(message.String().ToArray(), ct).ConfigureAwait(false);
                    break;
                case 96 when Find(message) is { } channel: // CHANNEL_EOF
                    await channel.DisposeAsync().ConfigureAwait(false);
                    break;
                case 97 when _channels.Remove(message.UInt32(), out var channel): // CHANNEL_CLOSE
                    await channel.DisposeAsync().ConfigureAwait(false);
                    break;
                case 98 when Find(message) is { } channel: // CHANNEL_REQUEST
                    await RequestAsync(channel, message, ct).ConfigureAwait(false);
                    break;
            }
        }

        private SshChannel? Find(SshReader message) => _channels.GetValueOrDefault(message.UInt32());

        private async Task OpenAsync(SshReader message, CancellationToken ct)
        {
            const uint MostChannels = 16;
            var type = message.Text();
            var (theirs, window, packet) = (message.UInt32(), message.UInt32(), message.UInt32());
            if (type != "session" || _channels.Count >= MostChannels)
            {
                await transport.SendAsync(SshWriter.Message(92, w => w.UInt32(theirs).UInt32(1).Text("only sessions are served here").Text("")), ct).ConfigureAwait(false);
                return;
            }

            var ours = _opened++;
            _channels[ours] = new SshChannel(transport, theirs, window, packet);
            await transport.SendAsync(SshWriter.Message(91, w => w.UInt32(theirs).UInt32(ours).UInt32(SshChannel.Window).UInt32(SshChannel.Packet)), ct).ConfigureAwait(false);
        }

        private async Task RequestAsync(SshChannel channel, SshReader message, CancellationToken ct)
        {
            var type = message.Text();
            var answer = message.Bool();
            var served = type == "subsystem" && message.Text() == "sftp" && !channel.IsOpen;
            if (answer)
            {
                await transport.SendAsync(SshWriter.Message(served ? (byte)99 : (byte)100, w => w.UInt32(channel.Number)), ct).ConfigureAwait(false);
            }

            if (served)
            {
                channel.Serve(await open(ct).ConfigureAwait(false), ct);
            }
        }
    }
}
