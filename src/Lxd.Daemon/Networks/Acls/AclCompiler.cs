using Lxd.Core;
using Lxd.Core.Api;
using Lxd.Network.Firewalls;

namespace Lxd.Daemon.Networks.Acls;

/// <summary>Makes the lists of a network into rules of the firewall.</summary>
internal static class AclCompiler
{
    private static readonly string[] Order = ["drop", "reject", "allow"];

    /// <summary>What is refused is tried before what is let through, whichever list it stands in. Null for a network without lists.</summary>
    public static AclRules? Compile(string network, IReadOnlyDictionary<string, string> config, IReadOnlyList<AclRecord> acls)
    {
        if (acls.Count == 0)
        {
            return null;
        }

        var rules = new List<AclRule>();
        foreach (var acl in acls)
        {
            rules.AddRange(acl.Ingress.Select((r, i) => Rule(r, true, $"{network}-ingress-{i}")).OfType<AclRule>());
            rules.AddRange(acl.Egress.Select((r, i) => Rule(r, false, $"{network}-egress-{i}")).OfType<AclRule>());
        }

        return new AclRules([.. rules.OrderBy(r => Array.IndexOf(Order, r.Action)).ThenByDescending(r => r.Ingress)])
        {
            Ingress = Default("ingress"),
            Egress = Default("egress"),
            IngressLogged = Core.Config.Checks.IsTrue(config.GetValueOrDefault("security.acls.default.ingress.logged")),
            EgressLogged = Core.Config.Checks.IsTrue(config.GetValueOrDefault("security.acls.default.egress.logged")),
        };

        string Default(string direction) => config.GetValueOrDefault($"security.acls.default.{direction}.action", "") is { Length: > 0 } action ? action : "reject";
    }

    private static AclRule? Rule(NetworkACLRule rule, bool ingress, string name) => rule.State == "disabled" ? null : new AclRule(ingress, rule.Action)
    {
        Sources = Addresses(rule.Source),
        Destinations = Addresses(rule.Destination),
        Protocol = rule.Protocol,
        SourcePorts = AclValidation.Split(rule.SourcePort),
        DestinationPorts = AclValidation.Split(rule.DestinationPort),
        IcmpType = rule.IcmpType,
        IcmpCode = rule.IcmpCode,
        LogName = rule.State == "logged" ? name : "",
    };

    private static List<string> Addresses(string list)
    {
        var subjects = AclValidation.Split(list);
        return subjects.Find(s => !char.IsAsciiHexDigit(s[0]) || !s.Contains('.') && !s.Contains(':')) is { } named
            ? throw ApiException.BadRequest($"Unsupported subject \"{named}\" in a network ACL of a bridge: only addresses are supported")
            : subjects;
    }
}
