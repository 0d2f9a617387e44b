using System.Net;
using System.Text.RegularExpressions;
using Lxd.Core.Api;

namespace Lxc.Commands.Instances;

/// <summary>Which instances <c>list</c> shows.</summary>
internal sealed class InstanceFilters(IReadOnlyList<string> filters)
{
    /// <summary>What the server leaves out itself.</summary>
    public string ServerSide => string.Join(" and ", Pairs.Where(p => p.Key == "type" && !p.Value.Contains(',')).Select(p => $"type eq {p.Value}"));

    public Needs Needs => Pairs.Any(p => p.Key is "ipv4" or "ipv6") ? Needs.State | Needs.Network : Needs.Nothing;

    private IEnumerable<(string Key, string Value)> Pairs => filters.Where(f => f.Contains('=')).Select(Split);

    public bool Match(InstanceFull instance) => filters.All(f => f.Contains('=') ? MatchPair(instance, Split(f)) : instance.Name.StartsWith(f, StringComparison.Ordinal) || Whole(f, instance.Name));

    private static (string Key, string Value) Split(string filter)
    {
        var equals = filter.IndexOf('=');
        return (filter[..equals].ToLowerInvariant() is "type" or "status" or "state" or "architecture" or "location" or "name" or "ipv4" or "ipv6" ? filter[..equals].ToLowerInvariant() : filter[..equals], filter[(equals + 1)..]);
    }

    private static bool MatchPair(InstanceFull instance, (string Key, string Value) pair) => pair.Key switch
    {
        "type" => Any(pair.Value, v => v.Equals(instance.Type, StringComparison.OrdinalIgnoreCase)),
        "status" or "state" => Any(pair.Value, v => v.Equals(instance.Status, StringComparison.OrdinalIgnoreCase)),
        "architecture" => Any(pair.Value, v => v.Equals(instance.Architecture, StringComparison.OrdinalIgnoreCase)),
        "location" => Any(pair.Value, v => v.Equals(instance.Location, StringComparison.OrdinalIgnoreCase)),
        "name" => Any(pair.Value, v => v == instance.Name || Whole(v, instance.Name)),
        "ipv4" => HasAddress(instance, "inet", pair.Value),
        "ipv6" => HasAddress(instance, "inet6", pair.Value),
        _ => instance.ExpandedConfig.Any(c => IsKey(pair.Key, c.Key) && (c.Value == pair.Value || Whole(pair.Value, c.Value))),
    };

    /// <summary>A key, or each of its words shortened: <c>u.note</c> is <c>user.note</c>.</summary>
    private static bool IsKey(string given, string key)
    {
        if (given == key)
        {
            return true;
        }

        var (short1, full) = (given.Split('.'), key.Split('.'));
        return short1.Length == full.Length && short1.Zip(full).All(p => p.First.Length > 0 && p.Second.StartsWith(p.First, StringComparison.Ordinal));
    }

    private static bool HasAddress(InstanceFull instance, string family, string wanted) => Any(wanted, v =>
    {
        var addresses = (instance.State?.Network ?? []).Where(n => n.Key != "lo").SelectMany(n => n.Value.Addresses).Where(a => a.Family == family).ToList();
        return IPNetwork.TryParse(v, out var network)
            ? addresses.Exists(a => IPAddress.TryParse(a.Address, out var address) && network.Contains(address))
            : IPAddress.TryParse(v, out var single) && addresses.Exists(a => IPAddress.TryParse(a.Address, out var address) && address.Equals(single));
    });

    private static bool Any(string values, Func<string, bool> match) => values.Split(',').Any(match);

    private static bool Whole(string pattern, string text)
    {
        try
        {
            return Regex.IsMatch(text, $"^(?:{pattern})$", RegexOptions.None, TimeSpan.FromSeconds(1));
        }
        catch (Exception e) when (e is ArgumentException or RegexMatchTimeoutException)
        {
            return false;
        }
    }
}
