using System.Globalization;
using System.Net;
using System.Text;

namespace Lxd.Network.Nics;

/// <summary>The rules of NICs as text for <c>nft</c>: chains of their own in the tables <c>bridge lxd</c> and <c>netdev lxd</c>. Each text is one transaction and may be repeated.</summary>
internal static class NicFilterText
{
    /// <summary>The chains that drop what a NIC must not send, to the host and to others on the bridge.</summary>
    public static string Rules(NicFilter filter)
    {
        var text = new StringBuilder("add table bridge lxd\n");
        foreach (var (chain, hook) in Chains(filter.Owner))
        {
            text.Append($"add chain bridge lxd {chain} {{ type filter hook {hook} priority -200; policy accept; }}\nflush chain bridge lxd {chain}\n");
            foreach (var rule in Statements(filter))
            {
                text.Append($"add rule bridge lxd {chain} iifname \"{filter.Link}\" {rule}\n");
            }
        }

        return text.ToString();
    }

    public static string NoRules(string owner)
    {
        var text = new StringBuilder("add table bridge lxd\n");
        foreach (var (chain, _) in Chains(owner))
        {
            Remove(text, "bridge", chain);
        }

        return text.ToString();
    }

    public static string Priority(string instance, string link, int? priority)
    {
        var chain = $"egress.netprio.{instance}.{link}";
        var text = new StringBuilder("add table netdev lxd\n");
        if (priority is not { } number)
        {
            Remove(text, "netdev", chain);
            return text.ToString();
        }

        text.Append($"add chain netdev lxd {chain} {{ type filter hook egress device \"{link}\" priority 0; }}\nflush chain netdev lxd {chain}\n");
        text.Append(CultureInfo.InvariantCulture, $"add rule netdev lxd {chain} meta priority set \"0:{number}\"\n");
        return text.ToString();
    }

    /// <summary>The address a machine makes for itself of its hardware address in a network of 64 bits.</summary>
    public static IPAddress FromHardware(string hwaddr, ReadOnlySpan<byte> network)
    {
        var mac = Convert.FromHexString(hwaddr.Replace(":", "", StringComparison.Ordinal));
        return new IPAddress([.. network[..8], (byte)(mac[0] ^ 2), mac[1], mac[2], 0xff, 0xfe, mac[3], mac[4], mac[5]]);
    }

    private static (string Chain, string Hook)[] Chains(string owner) => [($"in.{Word(owner)}", "input"), ($"fwd.{Word(owner)}", "forward")];

    /// <summary>A name as a word of nft's language; devices may be called anything.</summary>
    internal static string Word(string name) => string.Concat(name.Select(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_' ? c.ToString() : "_" + ((int)c).ToString("x", CultureInfo.InvariantCulture)));

    /// <summary>To remove what may not be there: it is made first.</summary>
    private static void Remove(StringBuilder text, string family, string chain) =>
        text.Append($"add chain {family} lxd {chain}\nflush chain {family} lxd {chain}\ndelete chain {family} lxd {chain}\n");

    private static IEnumerable<string> Statements(NicFilter filter)
    {
        var mac = filter.Hwaddr.ToLowerInvariant();
        yield return $"ether saddr != {mac} drop";
        yield return $"arp saddr ether != {mac} drop";
        // The link address that a neighbour advertisement tells (its first option).
        yield return $"icmpv6 type 136 @nh,528,48 != 0x{mac.Replace(":", "", StringComparison.Ordinal)} drop";
        foreach (var rule in (filter.Ipv4 is null ? [] : Ipv4(filter.Ipv4)).Concat(filter.Ipv6 is null ? [] : Ipv6(filter.Ipv6, mac)))
        {
            yield return rule;
        }

        if (filter.Ipv4 is not null || filter.Ipv6 is not null)
        {
            // Within a tagged frame the address could not be judged.
            foreach (var type in (string[])["0x8100", "0x88a8", "0x9100"])
            {
                yield return $"ether type {type} drop";
            }
        }
    }

    private static IEnumerable<string> Ipv4(IReadOnlyList<Cidr> allowed)
    {
        if (allowed.Count > 0)
        {
            yield return "ip saddr 0.0.0.0 ip daddr 255.255.255.255 udp dport 67 accept";
        }

        foreach (var address in allowed)
        {
            yield return $"arp saddr ip {address} accept";
            yield return $"ip saddr {address} accept";
        }

        yield return "ether type 0x0806 drop";
        yield return "ether type 0x0800 drop";
    }

    private static IEnumerable<string> Ipv6(IReadOnlyList<Cidr> allowed, string mac)
    {
        if (allowed.Count > 0)
        {
            var own = FromHardware(mac, [0xfe, 0x80, 0, 0, 0, 0, 0, 0]);
            yield return "icmpv6 type 134 drop";
            yield return "ip6 saddr fe80::/10 ip6 daddr ff02::1:2 udp dport 547 accept";
            yield return "ip6 saddr fe80::/10 ip6 daddr ff02::2 icmpv6 type 133 accept";
            // Asking whether somebody has an address that is to be taken.
            yield return "ip6 saddr :: icmpv6 type 135 accept";
            foreach (var address in allowed.Append(new Cidr(own, 128)))
            {
                yield return $"icmpv6 type 136 @nh,384,{address.Prefix} 0x{Bits(address)} accept";
            }

            yield return "icmpv6 type 136 drop";
            foreach (var address in allowed.Append(new Cidr(own, 128)))
            {
                yield return $"ip6 saddr {address} accept";
            }
        }

        yield return "ether type 0x86dd drop";
    }

    /// <summary>The leading bits of an address as a number.</summary>
    private static string Bits(Cidr cidr)
    {
        var value = new System.Numerics.BigInteger(cidr.Masked().Address.GetAddressBytes(), true, true) >> (128 - cidr.Prefix);
        return value.ToString("x", CultureInfo.InvariantCulture).TrimStart('0') is { Length: > 0 } text ? text : "0";
    }
}
