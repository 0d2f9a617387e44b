using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Lxd.Core;
using Lxd.Core.Api;
using Lxd.Core.Config;

namespace Lxd.Daemon.Networks.Acls;

/// <summary>What names and rules of access control lists may be, in LXD's words.</summary>
internal static class AclValidation
{
    private static readonly string[] Reserved = ["internal", "external"];

    public static void Name(string name)
    {
        if (name.Length == 0)
        {
            throw ApiException.BadRequest("Name is required");
        }

        if (name.Length > 63)
        {
            throw ApiException.BadRequest("Name must be 1-63 characters long");
        }

        var problem = name[0] == '-' ? "Name must not start with \"-\" character"
            : name[^1] == '-' ? "Name must not end with \"-\" character"
            : char.IsAsciiDigit(name[0]) ? "Name must not start with a number"
            : !name.All(c => char.IsAsciiLetterOrDigit(c) || c == '-') ? "Name can only contain alphanumeric and hyphen characters"
            : Reserved.Contains(name) ? $"Name \"{name}\" is reserved"
            : "";
        if (problem.Length > 0)
        {
            throw ApiException.BadRequest(problem);
        }
    }

    /// <summary>Also brings rules to one form: spaces in lists go.</summary>
    /// <param name="names">Lists of the project, which rules may refer to.</param>
    public static AclRecord Check(AclRecord acl, IReadOnlyCollection<string> names)
    {
        foreach (var key in acl.Config.Keys.Where(k => !k.StartsWith("user.", StringComparison.Ordinal)))
        {
            throw ApiException.BadRequest($"Invalid config option \"{key}\"");
        }

        return acl with { Ingress = Rules(acl.Ingress, "ingress", names), Egress = Rules(acl.Egress, "egress", names) };
    }

    /// <summary>The members of a comma separated list.</summary>
    public static List<string> Split(string list) => [.. list.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)];

    private static List<NetworkACLRule> Rules(List<NetworkACLRule> rules, string direction, IReadOnlyCollection<string> names)
    {
        var result = new List<NetworkACLRule>();
        foreach (var rule in rules.Select(Normal))
        {
            try
            {
                Check(rule, direction, names);
            }
            catch (ApiException e)
            {
                throw ApiException.BadRequest($"Invalid {direction} rule {result.Count}: {e.Message}", e);
            }

            if (result.FindIndex(r => r with { Description = "" } == rule with { Description = "" } && r.Description == rule.Description) is >= 0 and var same)
            {
                throw ApiException.BadRequest($"Duplicate of {direction} rule {same}");
            }

            result.Add(rule);
        }

        return result;
    }

    private static NetworkACLRule Normal(NetworkACLRule rule) => rule with
    {
        Source = Join(rule.Source),
        Destination = Join(rule.Destination),
        SourcePort = Join(rule.SourcePort),
        DestinationPort = Join(rule.DestinationPort),
        State = rule.State.Length > 0 ? rule.State.Trim() : "enabled",
        Action = rule.Action.Trim(),
        Protocol = rule.Protocol.Trim(),
    };

    private static string Join(string list) => string.Join(',', Split(list));

    private static void Check(NetworkACLRule rule, string direction, IReadOnlyCollection<string> names)
    {
        OneOf(rule.Action, "Action", "allow", "drop", "reject");
        OneOf(rule.State, "State", "enabled", "disabled", "logged");
        var source = Subjects(rule.Source, "Source", direction, direction == "ingress" ? names : null);
        var destination = Subjects(rule.Destination, "Destination", direction, direction == "egress" ? names : null);
        if (source != destination && source is 4 or 6 && destination is 4 or 6 && source != destination)
        {
            throw ApiException.BadRequest("Conflicting IP family types used for Source and Destination");
        }

        Protocol(rule, source, destination);
    }

    private static void Protocol(NetworkACLRule rule, int source, int destination)
    {
        if (rule.Protocol.Length == 0)
        {
            Refuse(rule.SourcePort, "Source port cannot be used without specifying protocol");
            Refuse(rule.DestinationPort, "Destination port cannot be used without specifying protocol");
            Refuse(rule.IcmpType, "ICMP type cannot be used without specifying protocol");
            Refuse(rule.IcmpCode, "ICMP code cannot be used without specifying protocol");
            return;
        }

        OneOf(rule.Protocol, "Protocol", "icmp4", "icmp6", "tcp", "udp");
        if (rule.Protocol is "icmp4" or "icmp6")
        {
            Refuse(rule.SourcePort, $"Source port cannot be used with \"{rule.Protocol}\" protocol");
            Refuse(rule.DestinationPort, $"Destination port cannot be used with \"{rule.Protocol}\" protocol");
            var other = rule.Protocol == "icmp4" ? 6 : 4;
            Refuse(source == other ? "x" : "", $"Cannot use IPv{other} source addresses with \"{rule.Protocol}\" protocol");
            Refuse(destination == other ? "x" : "", $"Cannot use IPv{other} destination addresses with \"{rule.Protocol}\" protocol");
            Icmp(rule.IcmpType, "type");
            Icmp(rule.IcmpCode, "code");
            return;
        }

        Refuse(rule.IcmpType, "ICMP type cannot be used with non-ICMP protocol");
        Refuse(rule.IcmpCode, "ICMP code cannot be used with non-ICMP protocol");
        Ports(rule.SourcePort, "Source");
        Ports(rule.DestinationPort, "Destination");
    }

    private static void Icmp(string value, string what)
    {
        if (value.Length > 0 && !(int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= 255))
        {
            throw ApiException.BadRequest($"Invalid ICMP {what}: Invalid value for an integer \"{value}\". Must be between 0 and 255");
        }
    }

    private static void Ports(string list, string what)
    {
        foreach (var item in Split(list))
        {
            var ends = item.Split('-', 2);
            var numbers = ends.Select(e => int.TryParse(e, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port <= 65535 ? port : throw ApiException.BadRequest($"Invalid {what} port: Invalid port number \"{e}\"")).ToList();
            if (numbers.Count == 2 && numbers[0] >= numbers[1])
            {
                throw ApiException.BadRequest($"Invalid {what} port: Start port {numbers[0]} must be lower than end port {numbers[1]}");
            }
        }
    }

    /// <summary>The family of the addresses: 4, 6, 10 for both, 0 for none.</summary>
    /// <param name="names">What may be referred to by name; null where names are not allowed.</param>
    private static int Subjects(string list, string what, string direction, IReadOnlyCollection<string>? names)
    {
        var family = 0;
        foreach (var subject in Split(list))
        {
            if (Family(subject) is > 0 and var own)
            {
                family = family == 0 || family == own ? own : 10;
            }
            else if (!IsNamed(subject, names))
            {
                throw ApiException.BadRequest($"Invalid {what}: Invalid subject \"{subject}\"");
            }
            else if (names is null)
            {
                throw ApiException.BadRequest($"Invalid {what}: Named subjects not allowed in \"{what}\" for \"{direction}\" rules");
            }
        }

        return family;
    }

    private static bool IsNamed(string subject, IReadOnlyCollection<string>? names) => subject.StartsWith('@') && subject.Length > 1 || names is null && subject.StartsWith('@') || names?.Contains(subject) == true;

    /// <summary>4 or 6 for an address, a network or a range; 0 for anything else.</summary>
    private static int Family(string subject)
    {
        if (NetworkChecks.TryParse(subject, out var address) || NetworkChecks.TryParse(subject, out address, out _))
        {
            return Family(address);
        }

        var ends = subject.Split('-');
        return ends.Length == 2 && NetworkChecks.TryParse(ends[0].Trim(), out var first) && NetworkChecks.TryParse(ends[1].Trim(), out var last) && Family(first) == Family(last)
            && first.GetAddressBytes().AsSpan().SequenceCompareTo(last.GetAddressBytes()) < 0 ? Family(first) : 0;
    }

    private static int Family(IPAddress address) => address.AddressFamily == AddressFamily.InterNetwork ? 4 : 6;

    private static void OneOf(string value, string what, params string[] allowed)
    {
        if (!allowed.Contains(value))
        {
            throw ApiException.BadRequest($"{what} must be one of: {string.Join(", ", allowed)}");
        }
    }

    private static void Refuse(string value, string problem)
    {
        if (value.Length > 0)
        {
            throw ApiException.BadRequest(problem);
        }
    }
}
