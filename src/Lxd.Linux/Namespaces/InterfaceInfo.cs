using System.Net;

namespace Lxd.Linux.Namespaces;

/// <summary>An interface with its addresses and counters.</summary>
public sealed record InterfaceInfo(string Name)
{
    public string Hwaddr { get; set; } = "";
    public uint Flags { get; set; }
    public int Mtu { get; set; }
    public List<(IPAddress Address, int Prefix)> Addresses { get; } = [];

    /// <summary>Received: bytes, packets, errors, dropped; sent: the same.</summary>
    public ulong[] Counters { get; set; } = new ulong[8];

    public bool IsUp => (Flags & 1) != 0;
    public bool IsLoopback => (Flags & 8) != 0;
    public bool IsBroadcast => (Flags & 2) != 0;
}
