using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Lxd.Core;
using Lxd.Core.Api;
using Lxd.Core.Config;
using Lxd.Network.Bridges;
using Lxd.Network.Firewalls;

namespace Lxd.Daemon.Networks.Forwards;

/// <summary>Checks a forward in LXD's words and makes it into rules of the firewall.</summary>
internal static class ForwardCompiler
{
    public static IPAddress Listen(string text)
    {
        if (!NetworkChecks.TryParse(text, out var address))
        {
            throw ApiException.BadRequest($"Failed parsing address forward listen address \"{text}\": invalid CIDR address: {text}/{(text.Contains(':') ? 128 : 32)}");
        }

        if (address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any))
        {
            throw ApiException.BadRequest($"Cannot use unspecified address: \"{text}\"");
        }

        return address;
    }

    /// <summary>The rules; those of ports before the one for all the rest.</summary>
    /// <param name="bridge">Where targets have to be.</param>
    public static List<ForwardRule> Compile(NetworkForward forward, BridgeSpec bridge)
    {
        var listen = Listen(forward.ListenAddress);
        foreach (var key in forward.Config.Keys.Where(k => k != "target_address" && !k.StartsWith("user.", StringComparison.Ordinal)))
        {
            throw ApiException.BadRequest($"Invalid option \"{key}\"");
        }

        var subnet = listen.AddressFamily == AddressFamily.InterNetwork ? bridge.Ipv4 : bridge.Ipv6;
        var rest = Default(forward, listen, subnet);
        var rules = new List<ForwardRule>();
        var taken = new HashSet<(string, int)>();
        foreach (var port in forward.Ports)
        {
            var rule = Port(port, listen, subnet, rules.Count);
            if (rest is not null && rule.Target.Equals(rest))
            {
                throw ApiException.BadRequest($"Target address is same as default target address in port specification {rules.Count}");
            }

            foreach (var (own, _) in rule.Ports.Where(p => !taken.Add((rule.Protocol, p.Listen))))
            {
                throw ApiException.BadRequest($"Duplicate listen port {own} for protocol \"{rule.Protocol}\" in port specification {rules.Count}");
            }

            rules.Add(rule);
        }

        return rest is null ? rules : [.. rules, new ForwardRule(listen, rest)];
    }

    private static IPAddress? Default(NetworkForward forward, IPAddress listen, Subnet? subnet)
    {
        if (forward.Config.GetValueOrDefault("target_address", "") is not { Length: > 0 } text)
        {
            return null;
        }

        if (!NetworkChecks.TryParse(text, out var target))
        {
            throw ApiException.BadRequest("Invalid default target address");
        }

        if (target.AddressFamily != listen.AddressFamily)
        {
            throw ApiException.BadRequest("Cannot mix IP versions in listen address and default target address");
        }

        return subnet?.Contains(target) == true ? target : throw ApiException.BadRequest("Default target address is not within the network subnet");
    }

    private static ForwardRule Port(NetworkForwardPort port, IPAddress listen, Subnet? subnet, int index)
    {
        if (port.Protocol is not ("tcp" or "udp"))
        {
            throw ApiException.BadRequest($"Invalid port protocol in port specification {index}, protocol must be one of: tcp, udp");
        }

        if (!NetworkChecks.TryParse(port.TargetAddress, out var target))
        {
            throw ApiException.BadRequest($"Invalid target address in port specification {index}");
        }

        if (target.AddressFamily != listen.AddressFamily)
        {
            throw ApiException.BadRequest($"Cannot mix IP versions in listen address and port specification {index} target address");
        }

        if (subnet?.Contains(target) != true)
        {
            throw ApiException.BadRequest($"Target address is not within the network subnet in port specification {index}");
        }

        var from = Ports(port.ListenPort, "listen", index);
        if (from.Count == 0)
        {
            throw ApiException.BadRequest($"Invalid listen port in port specification {index}: Missing port");
        }

        var to = Ports(port.TargetPort, "target", index);
        if (to.Count > 1 && to.Count != from.Count)
        {
            throw ApiException.BadRequest($"Mismatch of listen port(s) and target port(s) count in port specification {index}");
        }

        return new ForwardRule(listen, target, port.Protocol) { Ports = [.. from.Select((p, i) => (p, to.Count == 0 ? p : to.Count == 1 ? to[0] : to[i]))] };
    }

    private static List<int> Ports(string list, string what, int index)
    {
        var ports = new List<int>();
        foreach (var item in list.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var ends = item.Split('-', 2).Select(e => int.TryParse(e, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is > 0 and <= 65535
                ? port : throw ApiException.BadRequest($"Invalid {what} port in port specification {index}: Invalid port number \"{e}\"")).ToList();
            if (ends.Count == 2 && ends[1] <= ends[0])
            {
                throw ApiException.BadRequest($"Invalid {what} port in port specification {index}: End port should be higher than start port");
            }

            ports.AddRange(Enumerable.Range(ends[0], ends[^1] - ends[0] + 1));
        }

        return ports;
    }
}
