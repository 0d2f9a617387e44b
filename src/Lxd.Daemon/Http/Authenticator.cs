using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Lxd.Linux.Users;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Lxd.Daemon.Http;

/// <summary>Finds out who asks: the peer of the unix socket is an administrator, a client is who its certificate, its token or its session says.</summary>
internal sealed class Authenticator(ITrustStore trust)
{
    private const int SolSocket = 1;
    private const int SoPeerCred = 17;

    /// <summary>A connection's certificate is the same object for all its requests.</summary>
    private readonly ConditionalWeakTable<X509Certificate2, string> _fingerprints = [];

    public async ValueTask<Caller> IdentifyAsync(Request request, CancellationToken ct)
    {
        var context = request.Context;
        if (IsUnix(context))
        {
            return UnixPeer(context);
        }

        var address = AddressOf(context);
        if (context.Connection.ClientCertificate is { } certificate)
        {
            var fingerprint = _fingerprints.GetValue(certificate, c => c.GetCertHashString(HashAlgorithmName.SHA256).ToLowerInvariant());
            if (await trust.ByCertificateAsync(certificate, fingerprint, address, ct).ConfigureAwait(false) is { } known)
            {
                // TLS on a unix socket is a user who came through lxd-user.
                return address == "@" && known.Projects is { Count: 1 } only ? known with { DefaultProject = only.First() } : known;
            }
        }

        return await trust.ByTokenAsync(request, address, ct).ConfigureAwait(false) ?? Caller.Nobody(address);
    }

    /// <summary>Where the request comes from: <c>@</c> on a unix socket.</summary>
    public static string AddressOf(HttpContext context) => context.Connection.RemoteIpAddress is { } remote ? $"{Host(remote)}:{context.Connection.RemotePort}" : "@";

    private static string Host(System.Net.IPAddress address)
    {
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return plain.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6 ? $"[{plain}]" : plain.ToString();
    }

    /// <summary>TLS on a unix socket is a user who came through lxd-user.</summary>
    private static bool IsUnix(HttpContext context) => context.Connection.RemoteIpAddress is null && context.Features.Get<ITlsConnectionFeature>() is null;

    private static Caller UnixPeer(HttpContext context)
    {
        var socket = context.Features.Get<IConnectionSocketFeature>()?.Socket ?? throw new InvalidOperationException("a connection without address and without socket");
        Span<byte> credentials = stackalloc byte[12];
        try
        {
            socket.GetRawSocketOption(SolSocket, SoPeerCred, credentials);
        }
        catch (Exception e) when (e is ObjectDisposedException or System.Net.Sockets.SocketException)
        {
            throw new BadHttpRequestException("The client is gone", e);
        }

        var uid = BitConverter.ToUInt32(credentials[4..8]);
        return new Caller("unix", UserNames.OfUid(uid), "@") { Trusted = true };
    }
}
