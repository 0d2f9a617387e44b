using System.Net;
using Lxd.Network.Nics;

namespace Lxd.Network.Bgp;

/// <summary>Who the speaker is and where it listens.</summary>
public sealed record BgpSettings(IPEndPoint Address, uint Asn, IPAddress RouterId);

/// <summary>A router that is told the prefixes.</summary>
/// <param name="HoldTime">Seconds without a word after which the session is over; 0: never.</param>
public sealed record BgpPeerSpec(IPAddress Address, uint Asn, string Password, int HoldTime)
{
    public const int DefaultPort = 179;
    public const int DefaultHoldTime = 180;

    /// <summary>Where it listens.</summary>
    public int Port { get; init; } = DefaultPort;
}

/// <summary>A network that is reached through this host.</summary>
/// <param name="Owner">What it belongs to, in our words.</param>
/// <param name="NextHop">The unspecified address for our own on the session.</param>
public sealed record BgpPrefix(string Owner, Cidr Network, IPAddress NextHop);
