using Lxd.Linux.Users;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Lxd.Daemon.Http;

/// <summary>Finds out who asks: the peer of the unix socket is an administrator, a TLS client is who its certificate says.</summary>
internal sealed class Authenticator(ITrustStore trust)
{
    private const int SolSocket = 1;
    private const int SoPeerCred = 17;

    public Caller Identify(HttpContext context)
    {
        var remote = context.Connection.RemoteIpAddress;
        if (remote is null && context.Features.Get<ITlsConnectionFeature>() is null)
        {
            return UnixPeer(context);
        }

        // TLS on a unix socket is a user who came through lxd-user.
        var address = remote is null ? "@" : $"{(remote.IsIPv4MappedToIPv6 ? remote.MapToIPv4() : remote)}:{context.Connection.RemotePort}";
        var caller = context.Connection.ClientCertificate is { } certificate ? trust.Find(certificate, address) ?? Caller.Nobody(address) : Caller.Nobody(address);
        return remote is null && caller.Projects is { Count: 1 } only ? caller with { DefaultProject = only.First() } : caller;
    }

    private static Caller UnixPeer(HttpContext context)
    {
        var socket = context.Features.Get<IConnectionSocketFeature>()?.Socket ?? throw new InvalidOperationException("a connection without address and without socket");
        Span<byte> credentials = stackalloc byte[12];
        socket.GetRawSocketOption(SolSocket, SoPeerCred, credentials);
        var uid = BitConverter.ToUInt32(credentials[4..8]);
        return new Caller("unix", UserNames.OfUid(uid), "@") { Trusted = true };
    }
}
