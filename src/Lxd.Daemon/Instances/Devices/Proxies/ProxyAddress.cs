using System.Globalization;
using System.Net;
using Lxd.Core;

namespace Lxd.Daemon.Instances.Devices.Proxies;

/// <summary>An end of a proxy as users write it: <c>tcp:ADDRESS:PORTS</c>, <c>udp:ADDRESS:PORTS</c> or <c>unix:PATH</c>, ports as a list with ranges.</summary>
internal sealed record ProxyAddress(string Type, IPAddress? Ip, IReadOnlyList<int> Ports, string Path)
{
    public bool IsUnix => Type == "unix";

    public bool IsAbstract => Path.StartsWith('@');

    public bool IsWildcard => Ip is not null && (Ip.Equals(IPAddress.Any) || Ip.Equals(IPAddress.IPv6Any));

    /// <summary>One address for each port.</summary>
    public IReadOnlyList<string> Singles => IsUnix ? ["unix:" + Path] : [.. Ports.Select(p => $"{Type}:{Host}:{p.ToString(CultureInfo.InvariantCulture)}")];

    private string Host => Ip!.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6 ? $"[{Ip}]" : Ip.ToString();

    /// <summary>Throws a bad request for anything else. Names of hosts are refused: what they mean may change.</summary>
    public static ProxyAddress Parse(string text)
    {
        var colon = text.IndexOf(':');
        var type = colon < 0 ? "" : text[..colon];
        var rest = text[(colon + 1)..];
        switch (type)
        {
            case "unix" when rest.Length > 1 && rest[0] is '/' or '@':
                return new ProxyAddress(type, null, [], rest);
            case "unix":
                throw ApiException.BadRequest($"Invalid unix socket path \"{rest}\"");
            case "tcp" or "udp":
                var split = rest.LastIndexOf(':');
                if (split <= 0)
                {
                    throw ApiException.BadRequest($"Missing port in address \"{rest}\"");
                }

                var host = rest[..split];
                var bracketed = host.StartsWith('[') && host.EndsWith(']');
                if (!IPAddress.TryParse(bracketed ? host[1..^1] : host, out var ip) || bracketed != host.Contains(':') || !bracketed && host.Count(c => c == '.') != 3)
                {
                    throw ApiException.BadRequest($"Not an IP address \"{host}\"");
                }

                return new ProxyAddress(type, ip, ParsePorts(rest[(split + 1)..]), "");
            default:
                throw ApiException.BadRequest($"Unknown connection type \"{type}\"");
        }
    }

    private static List<int> ParsePorts(string text)
    {
        var ports = new List<int>();
        foreach (var part in text.Split(','))
        {
            var dash = part.IndexOf('-');
            if (!int.TryParse(dash < 0 ? part : part[..dash], NumberStyles.None, CultureInfo.InvariantCulture, out var first)
                || !int.TryParse(dash < 0 ? part : part[(dash + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var last) || first < 1 || last > 65535 || last < first)
            {
                throw ApiException.BadRequest($"Invalid port range \"{part}\"");
            }

            ports.AddRange(Enumerable.Range(first, last - first + 1));
        }

        return ports;
    }
}
