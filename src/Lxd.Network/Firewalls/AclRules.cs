namespace Lxd.Network.Firewalls;

/// <summary>What access control lists of a network come to: rules in the order they are tried, and what happens to the rest.</summary>
public sealed record AclRules(IReadOnlyList<AclRule> Rules)
{
    /// <summary><c>allow</c>, <c>drop</c> or <c>reject</c>, for what instances receive.</summary>
    public string Ingress { get; init; } = "reject";

    /// <summary>For what instances send.</summary>
    public string Egress { get; init; } = "reject";

    public bool IngressLogged { get; init; }

    public bool EgressLogged { get; init; }
}

/// <summary>One rule. What is empty matches anything.</summary>
/// <param name="Ingress">Whether it is about what instances receive.</param>
/// <param name="Action"><c>allow</c>, <c>drop</c> or <c>reject</c>.</param>
public sealed record AclRule(bool Ingress, string Action)
{
    /// <summary>Addresses, networks and ranges.</summary>
    public IReadOnlyList<string> Sources { get; init; } = [];

    public IReadOnlyList<string> Destinations { get; init; } = [];

    /// <summary><c>tcp</c>, <c>udp</c>, <c>icmp4</c>, <c>icmp6</c>.</summary>
    public string Protocol { get; init; } = "";

    /// <summary>Ports and ranges of ports: <c>22</c>, <c>80-90</c>.</summary>
    public IReadOnlyList<string> SourcePorts { get; init; } = [];

    public IReadOnlyList<string> DestinationPorts { get; init; } = [];

    public string IcmpType { get; init; } = "";

    public string IcmpCode { get; init; } = "";

    /// <summary>What its log lines begin with; empty for a rule that does not log.</summary>
    public string LogName { get; init; } = "";

    /// <summary>The rule for one family (4 or 6) with the addresses of that family; null where it says nothing about the family.</summary>
    public AclRule? Of(int family)
    {
        if (Protocol == (family == 4 ? "icmp6" : "icmp4"))
        {
            return null;
        }

        var rule = this with { Sources = [.. Sources.Where(Fits)], Destinations = [.. Destinations.Where(Fits)] };
        return rule.Sources.Count == 0 && Sources.Count > 0 || rule.Destinations.Count == 0 && Destinations.Count > 0 ? null : rule;

        bool Fits(string subject) => subject.Contains(':') == (family == 6);
    }

    /// <summary>Whether it is about one family only.</summary>
    public bool HasFamily => Sources.Count + Destinations.Count > 0 || Protocol is "icmp4" or "icmp6";
}
