using System.Net;

namespace Lxd.Daemon.Server;

/// <summary>The proxy of <c>core.proxy_*</c>, read at each request so that a change needs no restart; the environment's where there is none. This host itself is never reached through a proxy.</summary>
internal sealed class ServerProxy(ServerConfig config) : IWebProxy, ICredentials
{
    /// <summary>Login and password stand in the proxy's address.</summary>
    public ICredentials? Credentials
    {
        get => this;
        set => throw new NotSupportedException();
    }

    public Uri? GetProxy(Uri destination)
    {
        var own = config.Get(destination.Scheme == "https" ? "core.proxy_https" : "core.proxy_http");
        return own.Length == 0 ? HttpClient.DefaultProxy.GetProxy(destination)
            : destination.IsLoopback || Ignores(destination) || !Uri.TryCreate(own.Contains("://", StringComparison.Ordinal) ? own : "http://" + own, UriKind.Absolute, out var proxy) ? null
            : proxy;
    }

    public bool IsBypassed(Uri host) => GetProxy(host) is null;

    public NetworkCredential? GetCredential(Uri uri, string authType)
    {
        if (uri.UserInfo.Length == 0)
        {
            return (HttpClient.DefaultProxy.Credentials ?? CredentialCache.DefaultCredentials).GetCredential(uri, authType);
        }

        var parts = uri.UserInfo.Split(':', 2);
        return new NetworkCredential(Uri.UnescapeDataString(parts[0]), Uri.UnescapeDataString(parts.ElementAtOrDefault(1) ?? ""));
    }

    private bool Ignores(Uri host) => config.Get("core.proxy_ignore_hosts").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Any(entry => Fits(host, entry));

    /// <param name="entry"><c>*</c>, a name with all below it, an address, a range of addresses, each of the first three with a port or for all.</param>
    private static bool Fits(Uri host, string entry)
    {
        var address = IPAddress.TryParse(host.DnsSafeHost, out var parsed) ? parsed : null;
        if (IPNetwork.TryParse(entry, out var range))
        {
            return address is not null && range.Contains(address);
        }

        if (IPAddress.TryParse(entry, out var one))
        {
            return one.Equals(address);
        }

        var colon = entry.LastIndexOf(':');
        var (name, port) = colon > 0 ? (entry[..colon], entry[(colon + 1)..]) : (entry, "");
        if (port.Length > 0 && port != host.Port.ToString(System.Globalization.CultureInfo.InvariantCulture))
        {
            return false;
        }

        name = name.TrimStart('*').TrimStart('.').Trim('[', ']');
        return name.Length == 0 || host.DnsSafeHost.Equals(name, StringComparison.OrdinalIgnoreCase) || host.DnsSafeHost.EndsWith("." + name, StringComparison.OrdinalIgnoreCase);
    }
}
