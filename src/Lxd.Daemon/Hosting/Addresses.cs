using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace Lxd.Daemon.Hosting;

/// <summary>The addresses under which a listener is reached.</summary>
internal static class Addresses
{
    /// <summary><c>host:port</c> of every address behind a listening address; the wildcard is every global address of the host.</summary>
    public static IReadOnlyList<string> Of(string listening)
    {
        if (listening.Length == 0)
        {
            return [];
        }

        var endpoint = HttpsListener.Parse(listening);
        if (!endpoint.Address.Equals(IPAddress.IPv6Any) && !endpoint.Address.Equals(IPAddress.Any))
        {
            return [endpoint.ToString()];
        }

        return [.. NetworkInterface.GetAllNetworkInterfaces().Where(i => i.OperationalStatus == OperationalStatus.Up || i.Name == "lo")
            .SelectMany(i => i.GetIPProperties().UnicastAddresses)
            .Select(a => a.Address)
            .Where(a => !IPAddress.IsLoopback(a) && !a.IsIPv6LinkLocal && (endpoint.Address.AddressFamily == AddressFamily.InterNetworkV6 || a.AddressFamily == AddressFamily.InterNetwork))
            .Select(a => new IPEndPoint(a, endpoint.Port).ToString())];
    }
}
