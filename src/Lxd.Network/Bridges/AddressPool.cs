using System.Net;
using System.Numerics;
using Lxd.Network.Nics;

namespace Lxd.Network.Bridges;

/// <summary>The addresses DHCP of a bridge has to give.</summary>
public sealed class AddressPool
{
    private readonly Subnet _subnet;
    private readonly List<(IPAddress First, IPAddress Last)> _ranges;

    private AddressPool(Subnet subnet, string ranges)
    {
        _subnet = subnet;
        _ranges = [.. ranges.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(r => r.Split('-', 2)).Where(r => r.Length == 2).Select(r => (IPAddress.Parse(r[0]), IPAddress.Parse(r[1])))];
        if (_ranges.Count == 0)
        {
            _ranges.Add(subnet.Range());
        }
    }

    /// <summary>Null where the bridge has no DHCP that knows single clients.</summary>
    public static AddressPool? Of(BridgeSpec bridge, string family) => family == "ipv4"
        ? bridge.Ipv4 is { } four && bridge.IsTrue("ipv4.dhcp") ? new AddressPool(four, bridge.Get("ipv4.dhcp.ranges")) : null
        : bridge.Ipv6 is { } six && bridge.IsTrue("ipv6.dhcp") && bridge.IsTrue("ipv6.dhcp.stateful") ? new AddressPool(six, bridge.Get("ipv6.dhcp.ranges")) : null;

    /// <summary>An address for a client: the one it had, one made of its hardware address (IPv6), else the first that nobody has. Null when all are taken.</summary>
    public string? Choose(string hwaddr, string had, IReadOnlySet<string> taken)
    {
        if (had.Length > 0 && !taken.Contains(had) && Contains(IPAddress.Parse(had)))
        {
            return had;
        }

        if (!_subnet.IsIpv4 && _subnet.Prefix == 64 && NicFilterText.FromHardware(hwaddr, _subnet.Address.GetAddressBytes()) is var own && !taken.Contains(own.ToString()) && Contains(own))
        {
            return own.ToString();
        }

        foreach (var (first, last) in _ranges)
        {
            for (var (value, end) = (Value(first), Value(last)); value <= end; value++)
            {
                var address = Address(value);
                if (!address.Equals(_subnet.Address) && !taken.Contains(address.ToString()))
                {
                    return address.ToString();
                }
            }
        }

        return null;
    }

    private bool Contains(IPAddress address) => _subnet.Contains(address) && _ranges.Exists(r => Value(r.First) <= Value(address) && Value(address) <= Value(r.Last));

    private static BigInteger Value(IPAddress address) => new(address.GetAddressBytes(), true, true);

    private IPAddress Address(BigInteger value)
    {
        var bytes = new byte[_subnet.IsIpv4 ? 4 : 16];
        var text = value.ToByteArray(true, true);
        text.CopyTo(bytes, bytes.Length - text.Length);
        return new IPAddress(bytes);
    }
}
