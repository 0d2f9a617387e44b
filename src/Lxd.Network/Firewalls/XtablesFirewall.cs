using System.Text;
using Lxd.Core;
using Lxd.Linux.Processes;

namespace Lxd.Network.Firewalls;

/// <summary>iptables: rules of a network are known by their comments among those of others. A change of a table is one transaction.</summary>
internal sealed class XtablesFirewall : IFirewall
{
    private static readonly string[] Tables = ["filter", "nat"];

    public string Name => "xtables";

    public Task SetNetworkAsync(string network, BridgeRules rules, CancellationToken ct) => ReplaceAsync($"network {network}", f => XtNetworkText.Rules(network, rules, f), ct);

    public async Task SetAclsAsync(string network, AclRules? rules, CancellationToken ct)
    {
        var chain = $"lxd_acl_{network}";
        if (rules is not null && rules.Rules.Any(r => r.Sources.Concat(r.Destinations).Any(s => s.Contains('-'))))
        {
            throw ApiException.BadRequest("IP ranges are not supported in network ACL rules with the xtables firewall driver");
        }

        await ReplaceAsync($"network-acl {network}", f => XtAclText.Jumps(network, rules, f), ct, chain, f => rules is null ? null : [.. XtAclText.Rules(network, rules, f)]).ConfigureAwait(false);
    }

    public Task SetForwardsAsync(string network, IReadOnlyList<ForwardRule> rules, CancellationToken ct) => ReplaceAsync($"network-forward {network}", f => XtForwardText.Rules(rules, f), ct);

    public async Task ClearAsync(string network, CancellationToken ct)
    {
        await SetAclsAsync(network, null, ct).ConfigureAwait(false);
        await SetForwardsAsync(network, [], ct).ConfigureAwait(false);
        await SetNetworkAsync(network, new BridgeRules(null, null), ct).ConfigureAwait(false);
    }

    /// <param name="owner">What the comments of the rules say.</param>
    /// <param name="rules">The new rules of a family, 4 or 6.</param>
    /// <param name="chain">A chain of its own in the filter table, with all its rules (null takes it away).</param>
    private static async Task ReplaceAsync(string owner, Func<int, IEnumerable<XtRule>> rules, CancellationToken ct, string chain = "", Func<int, List<string>?>? content = null)
    {
        foreach (var family in (IEnumerable<int>)[4, 6])
        {
            var prefix = family == 4 ? "iptables" : "ip6tables";
            var wanted = rules(family).ToList();
            foreach (var table in Tables)
            {
                var present = await ProcessRunner.TryAsync(prefix, ["-w", "-t", table, "-S"], ct).ConfigureAwait(false);
                if (present.ExitCode != 0 && !wanted.Exists(r => r.Table == table))
                {
                    // A kernel without the family, or without NAT for it.
                    continue;
                }

                var text = Text(table, owner, present.Output, wanted, table == "filter" ? chain : "", content?.Invoke(family));
                await ProcessRunner.RunAsync(prefix + "-restore", ["-w", "-n"], ct, text).ConfigureAwait(false);
            }
        }
    }

    /// <summary>A table's change: old rules go, new ones come.</summary>
    internal static string Text(string table, string owner, string present, IEnumerable<XtRule> wanted, string chain, List<string>? content)
    {
        var comment = $"-m comment --comment \"generated for LXD {owner}\"";
        var text = new StringBuilder($"*{table}\n");
        var lines = present.Split('\n');
        var exists = chain.Length > 0 && lines.Contains($"-N {chain}");
        if (content is not null)
        {
            // Also empties one that is there.
            text.Append($":{chain} - [0:0]\n");
        }

        foreach (var line in lines.Where(l => l.StartsWith("-A ", StringComparison.Ordinal) && l.Contains(comment, StringComparison.Ordinal)))
        {
            text.Append("-D").Append(line.AsSpan(2)).Append('\n');
        }

        foreach (var rule in wanted.Where(r => r.Table == table))
        {
            text.Append($"{(rule.First ? "-I" : "-A")} {rule.Chain} {rule.Match} {comment} -j {rule.Target}\n");
        }

        text.AppendJoin("", (content ?? []).Select(l => $"-A {chain} {l}\n"));
        if (exists && content is null)
        {
            text.Append($"-F {chain}\n-X {chain}\n");
        }

        return text.Append("COMMIT\n").ToString();
    }
}

/// <summary>One rule of iptables.</summary>
/// <param name="First">Whether it comes before the rules of others.</param>
internal sealed record XtRule(string Table, string Chain, string Match, string Target, bool First = true);
