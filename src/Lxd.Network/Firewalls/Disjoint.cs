using System.Net;
using System.Net.Sockets;
using System.Numerics;

namespace Lxd.Network.Firewalls;

/// <summary>Sets of addresses and ports whose members do not overlap, as nftables wants them.</summary>
internal static class Disjoint
{
    /// <summary>Addresses, networks and ranges of one family; what overlaps becomes one range.</summary>
    public static IReadOnlyList<string> Addresses(IReadOnlyList<string> members) => Merge(members, Interval, Address);

    /// <summary>Ports and ranges of ports.</summary>
    public static IReadOnlyList<string> Ports(IReadOnlyList<string> members) => Merge(members, text =>
    {
        var ends = text.Split('-');
        return (BigInteger.Parse(ends[0], System.Globalization.CultureInfo.InvariantCulture), BigInteger.Parse(ends[^1], System.Globalization.CultureInfo.InvariantCulture));
    }, (number, _) => number.ToString(System.Globalization.CultureInfo.InvariantCulture));

    private static IReadOnlyList<string> Merge(IReadOnlyList<string> members, Func<string, (BigInteger First, BigInteger Last)> parse, Func<BigInteger, string, string> format)
    {
        var result = new List<(BigInteger First, BigInteger Last, string Text)>();
        foreach (var member in members.Select(m => (Interval: parse(m), Text: m)).OrderBy(m => m.Interval.First).ThenByDescending(m => m.Interval.Last))
        {
            var (first, last) = member.Interval;
            if (result.Count == 0 || first > result[^1].Last)
            {
                result.Add((first, last, member.Text));
            }
            else if (last > result[^1].Last)
            {
                result[^1] = (result[^1].First, last, $"{format(result[^1].First, member.Text)}-{format(last, member.Text)}");
            }
        }

        return result.Count == members.Count ? members : [.. result.Select(r => r.Text)];
    }

    private static (BigInteger First, BigInteger Last) Interval(string text)
    {
        if (text.IndexOf('-') is > 0 and var dash)
        {
            return (Number(text[..dash]), Number(text[(dash + 1)..]));
        }

        var slash = text.IndexOf('/');
        var address = slash < 0 ? text : text[..slash];
        var bits = IPAddress.Parse(address).AddressFamily == AddressFamily.InterNetwork ? 32 : 128;
        var hosts = (BigInteger.One << (slash < 0 ? 0 : bits - int.Parse(text[(slash + 1)..], System.Globalization.CultureInfo.InvariantCulture))) - 1;
        var first = Number(address) & ~hosts;
        return (first, first + hosts);
    }

    private static BigInteger Number(string address) => new(IPAddress.Parse(address).GetAddressBytes(), true, true);

    private static string Address(BigInteger number, string like)
    {
        var bytes = number.ToByteArray(true, true);
        var length = like.Contains(':') ? 16 : 4;
        return new IPAddress([.. new byte[length - bytes.Length], .. bytes]).ToString();
    }
}
