namespace Lxd.Network.Bridges;

/// <summary>An address DHCP has handed out.</summary>
public sealed record Lease(string Hwaddr, string Address, string Hostname);

/// <summary>The lease file of dnsmasq: <c>EXPIRY HWADDR ADDRESS NAME CLIENTID</c>, IPv6 after a <c>duid</c> line with an id in place of the hardware address.</summary>
public static class Leases
{
    public static List<Lease> Read(BridgeSpec bridge)
    {
        if (!File.Exists(bridge.LeaseFile))
        {
            return [];
        }

        var leases = new List<Lease>();
        foreach (var fields in File.ReadLines(bridge.LeaseFile).Select(l => l.Split(' ')).Where(f => f.Length >= 5 && f[0] != "duid"))
        {
            leases.Add(new Lease(fields[1].Contains(':') && fields[1].Length == 17 ? fields[1] : "", fields[2].Trim('[', ']'), fields[3] == "*" ? "" : fields[3]));
        }

        return leases;
    }
}
