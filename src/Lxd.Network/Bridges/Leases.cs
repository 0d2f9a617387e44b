namespace Lxd.Network.Bridges;

/// <summary>An address DHCP has handed out.</summary>
public sealed record Lease(string Hwaddr, string Address, string Hostname)
{
    /// <summary>What the client calls itself: its DUID for IPv6; empty where it told nothing.</summary>
    public string ClientId { get; init; } = "";

    /// <summary>The client's number of the interface, IPv6 only.</summary>
    public uint Association { get; init; }

    public bool IsIpv6 => Address.Contains(':');
}

/// <summary>The lease file of dnsmasq: <c>EXPIRY HWADDR ADDRESS NAME CLIENTID</c>, IPv6 after a <c>duid</c> line with an id in place of the hardware address.</summary>
public static class Leases
{
    public static List<Lease> Read(BridgeSpec bridge)
    {
        var leases = new List<Lease>();
        foreach (var fields in Lines(bridge).Where(f => f.Length >= 5 && f[0] != "duid"))
        {
            leases.Add(new Lease(fields[1].Contains(':') && fields[1].Length == 17 ? fields[1] : "", fields[2].Trim('[', ']'), fields[3] == "*" ? "" : fields[3])
            {
                ClientId = fields[4] == "*" ? "" : fields[4],
                Association = uint.TryParse(fields[1].TrimStart('T'), out var number) ? number : 0,
            });
        }

        return leases;
    }

    /// <summary>What the server calls itself to IPv6 clients; empty before there was one.</summary>
    public static string ServerId(BridgeSpec bridge) => Lines(bridge).FirstOrDefault(f => f is ["duid", _])?[1] ?? "";

    private static IEnumerable<string[]> Lines(BridgeSpec bridge) => File.Exists(bridge.LeaseFile) ? File.ReadAllLines(bridge.LeaseFile).Select(l => l.Split(' ')) : [];
}
