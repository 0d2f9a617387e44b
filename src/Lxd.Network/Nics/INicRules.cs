namespace Lxd.Network.Nics;

/// <summary>The speed of a NIC in bits per second as the instance sees it; 0 for no limit.</summary>
public sealed record NicRates(long Ingress, long Egress)
{
    public bool Any => Ingress > 0 || Egress > 0;
}

/// <summary>What a NIC may send.</summary>
/// <param name="Owner">Instance and device: <c>c1.eth0</c>.</param>
/// <param name="Link">Its host side.</param>
/// <param name="Hwaddr">The only address it may claim.</param>
/// <param name="Ipv4">The only addresses it may claim: null for any, empty for none at all.</param>
/// <param name="Ipv6">As for IPv4.</param>
public sealed record NicFilter(string Owner, string Link, string Hwaddr, IReadOnlyList<Cidr>? Ipv4, IReadOnlyList<Cidr>? Ipv6);

/// <summary>Limits and filters of a NIC's host side.</summary>
public interface INicRules
{
    /// <summary>Sets the speed in place of what was there; whole or not at all.</summary>
    Task ShapeAsync(string link, NicRates rates, CancellationToken ct);

    Task FilterAsync(NicFilter filter, CancellationToken ct);

    /// <summary>A repeat does nothing.</summary>
    Task UnfilterAsync(string owner, CancellationToken ct);

    /// <summary>The priority of what the host sends to the NIC; null takes it away.</summary>
    Task PrioritizeAsync(string instance, string link, int? priority, CancellationToken ct);
}
