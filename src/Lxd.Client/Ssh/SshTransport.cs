using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Lxd.Client.Ssh;

/// <summary>The transport of SSH (RFC 4253) as a server: ECDH and ECDSA on NIST P-256, AES-256 in counter mode with HMAC-SHA-256. Every client of the last decade has them.</summary>
internal sealed class SshTransport(Stream stream, ECDsa hostKey) : IDisposable
{
    public const byte KexInit = 20;
    private const byte NewKeys = 21;
    private const byte EcdhInit = 30;
    private const byte EcdhReply = 31;
    private const int LargestPacket = 256 << 10;
    private const string KeyType = "ecdsa-sha2-nistp256";
    private const string Version = "SSH-2.0-lxc";
    private readonly SemaphoreSlim _sending = new(1, 1);
    private string _clientVersion = "";
    private byte[]? _session;
    private SshCipher? _in;
    private SshCipher? _out;
    private uint _received;
    private uint _sent;

    /// <summary>A key as the client is shown it, and knows it by.</summary>
    public static byte[] PublicKey(ECDsa key) => new SshWriter().Text(KeyType).Text("nistp256").String(Point(key.ExportParameters(false).Q)).ToArray();

    /// <summary>Versions and the first keys.</summary>
    public async Task OpenAsync(CancellationToken ct)
    {
        await stream.WriteAsync(Encoding.ASCII.GetBytes(Version + "\r\n"), ct).ConfigureAwait(false);
        _clientVersion = await LineAsync(ct).ConfigureAwait(false);
        if (!_clientVersion.StartsWith("SSH-2.0-", StringComparison.Ordinal))
        {
            throw new IOException("the client does not speak SSH 2");
        }

        await ExchangeAsync(await ReceiveAsync(ct).ConfigureAwait(false), ct).ConfigureAwait(false);
    }

    /// <summary>New keys, when the client asks for them with its <c>KEXINIT</c>; nothing else is sent meanwhile.</summary>
    public async Task ExchangeAsync(SshReader clientInit, CancellationToken ct)
    {
        if (clientInit.Kind != KexInit)
        {
            throw new IOException("the client does not begin with its algorithms");
        }

        await _sending.WaitAsync(ct).ConfigureAwait(false);
        try
        {
            var init = Algorithms();
            await SendRawAsync(init, ct).ConfigureAwait(false);
            var request = await ReceiveAsync(ct).ConfigureAwait(false);
            if (request.Kind != EcdhInit)
            {
                throw new IOException("the client wants another key exchange");
            }

            var clientPoint = request.String().ToArray();
            using var own = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
            using var theirs = ECDiffieHellman.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, Q = Point(clientPoint) });
            var secret = new SshWriter().Number(own.DeriveRawSecretAgreement(theirs.PublicKey)).ToArray();
            var ownPoint = Point(own.ExportParameters(false).Q);
            var key = PublicKey(hostKey);
            var hash = SHA256.HashData(new SshWriter().Text(_clientVersion).Text(Version).String(clientInit.Whole).String(init).String(key).String(clientPoint).String(ownPoint).Raw(secret).ToArray());
            _session ??= hash;
            var signature = hostKey.SignData(hash, HashAlgorithmName.SHA256);
            var signed = new SshWriter().Text(KeyType).String(new SshWriter().Number(signature.AsSpan(0, 32)).Number(signature.AsSpan(32)).ToArray()).ToArray();
            await SendRawAsync(SshWriter.Message(EcdhReply, w => w.String(key).String(ownPoint).String(signed)), ct).ConfigureAwait(false);
            await SendRawAsync([NewKeys], ct).ConfigureAwait(false);
            _out?.Dispose();
            _out = new SshCipher(Derive(secret, hash, 'D'), Derive(secret, hash, 'B'), Derive(secret, hash, 'F'));
            if ((await ReceiveAsync(ct).ConfigureAwait(false)).Kind != NewKeys)
            {
                throw new IOException("the client does not take the keys");
            }

            _in?.Dispose();
            _in = new SshCipher(Derive(secret, hash, 'C'), Derive(secret, hash, 'A'), Derive(secret, hash, 'E'));
        }
        finally
        {
            _sending.Release();
        }
    }

    public async Task SendAsync(byte[] payload, CancellationToken ct)
    {
        await _sending.WaitAsync(ct).ConfigureAwait(false);
        try
        {
            await SendRawAsync(payload, ct).ConfigureAwait(false);
        }
        finally
        {
            _sending.Release();
        }
    }

    public async Task<SshReader> ReceiveAsync(CancellationToken ct)
    {
        // The first block tells the length; with a cipher it has to be opened for that.
        var first = new byte[SshCipher.Block];
        await stream.ReadExactlyAsync(first, ct).ConfigureAwait(false);
        _in?.Apply(first);
        var length = BinaryPrimitives.ReadUInt32BigEndian(first);
        if (length is < SshCipher.Block - 4 or > LargestPacket || (length + 4) % 8 != 0)
        {
            throw new IOException("an SSH packet has no sensible length");
        }

        var packet = new byte[length + 4];
        first.CopyTo(packet, 0);
        await stream.ReadExactlyAsync(packet.AsMemory(SshCipher.Block), ct).ConfigureAwait(false);
        if (_in is not null)
        {
            var mac = new byte[SshCipher.MacLength];
            await stream.ReadExactlyAsync(mac, ct).ConfigureAwait(false);
            _in.Apply(packet.AsSpan(SshCipher.Block));
            if (!CryptographicOperations.FixedTimeEquals(mac, _in.Mac(_received, packet)))
            {
                throw new IOException("an SSH packet was changed on its way");
            }
        }

        _received++;
        var padding = packet[4];
        return padding + 1 <= length ? new SshReader(packet[5..(int)(4 + length - padding)]) : throw new IOException("an SSH packet has no sensible padding");
    }

    public void Dispose()
    {
        _in?.Dispose();
        _out?.Dispose();
        _sending.Dispose();
    }

    private async Task SendRawAsync(byte[] payload, CancellationToken ct)
    {
        var padding = SshCipher.Block - ((payload.Length + 5) % SshCipher.Block);
        padding += padding < 4 ? SshCipher.Block : 0;
        var length = 1 + payload.Length + padding;
        var packet = new byte[4 + length];
        BinaryPrimitives.WriteUInt32BigEndian(packet, (uint)length);
        packet[4] = (byte)padding;
        payload.CopyTo(packet, 5);
        RandomNumberGenerator.Fill(packet.AsSpan(5 + payload.Length));
        if (_out is not null)
        {
            var mac = _out.Mac(_sent, packet);
            _out.Apply(packet);
            packet = [.. packet, .. mac];
        }

        _sent++;
        await stream.WriteAsync(packet, ct).ConfigureAwait(false);
    }

    private static byte[] Algorithms() => SshWriter.Message(KexInit, w =>
    {
        w.Raw(RandomNumberGenerator.GetBytes(16)).Text("ecdh-sha2-nistp256").Text(KeyType);
        w.Text("aes256-ctr").Text("aes256-ctr").Text("hmac-sha2-256").Text("hmac-sha2-256").Text("none").Text("none").Text("").Text("").Bool(false).UInt32(0);
    });

    private byte[] Derive(byte[] secret, byte[] hash, char letter) => SHA256.HashData([.. secret, .. hash, (byte)letter, .. _session!]);

    private static byte[] Point(ECPoint point) => [4, .. point.X!, .. point.Y!];

    private static ECPoint Point(byte[] bytes) => bytes is [4, ..] && bytes.Length == 65 ? new ECPoint { X = bytes[1..33], Y = bytes[33..] } : throw new IOException("the client's key is no point");

    /// <summary>Up to a line feed; lines before the version are allowed, and few.</summary>
    private async Task<string> LineAsync(CancellationToken ct)
    {
        var line = new StringBuilder();
        var one = new byte[1];
        while (line.Length < 256)
        {
            await stream.ReadExactlyAsync(one, ct).ConfigureAwait(false);
            if (one[0] == '\n')
            {
                return line.ToString().TrimEnd('\r');
            }

            line.Append((char)one[0]);
        }

        throw new IOException("the client does not tell its version");
    }
}
