using System.Globalization;
using System.Net;

namespace Lxd.Network.Firewalls;

/// <summary>Consecutive ports, both ends included.</summary>
public sealed record PortRange(int First, int Last)
{
    public int Count => Last - First + 1;

    /// <summary>With the sign the firewall puts between: <c>80-81</c>, <c>80:81</c>.</summary>
    public string Text(char sign) => First == Last ? First.ToString(CultureInfo.InvariantCulture) : string.Create(CultureInfo.InvariantCulture, $"{First}{sign}{Last}");

    /// <summary>Ports in as few ranges as there can be, in order.</summary>
    public static List<PortRange> Merge(IEnumerable<int> ports)
    {
        var ranges = new List<PortRange>();
        foreach (var port in ports.Distinct().Order())
        {
            if (ranges.Count > 0 && ranges[^1].Last + 1 == port)
            {
                ranges[^1] = ranges[^1] with { Last = port };
            }
            else
            {
                ranges.Add(new PortRange(port, port));
            }
        }

        return ranges;
    }
}

/// <summary>An address, or ports of it, that lead to another address.</summary>
/// <param name="Protocol"><c>tcp</c>, <c>udp</c>, or empty for all that no other rule takes.</param>
public sealed record ForwardRule(IPAddress Listen, IPAddress Target, string Protocol = "")
{
    /// <summary>Ports and where each leads.</summary>
    public IReadOnlyList<(int Listen, int Target)> Ports { get; init; } = [];

    /// <summary>What is to be rewritten: ranges that keep their ports (target null), and single ports that change.</summary>
    public IEnumerable<(PortRange Listen, int? Target)> Rewrites() => Ports.All(p => p.Listen == p.Target)
        ? PortRange.Merge(Ports.Select(p => p.Listen)).Select(r => (r, (int?)null))
        : Ports.Select(p => (new PortRange(p.Listen, p.Listen), (int?)p.Target));

    /// <summary>Ports of the target, for what it sends to itself by way of the listen address.</summary>
    public List<PortRange> Targets() => PortRange.Merge(Ports.Select(p => p.Target));
}
