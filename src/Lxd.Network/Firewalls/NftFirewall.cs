using System.Text;
using Lxd.Linux.Processes;

namespace Lxd.Network.Firewalls;

/// <summary>nftables: chains of a network's own in the table <c>inet lxd</c>. Each change is one transaction of the kernel.</summary>
internal sealed class NftFirewall : IFirewall
{
    public string Name => "nftables";

    public Task SetNetworkAsync(string network, BridgeRules rules, CancellationToken ct) => ApplyAsync(NftNetworkText.Chains(network, rules), ct);

    public Task SetAclsAsync(string network, AclRules? rules, CancellationToken ct) => ApplyAsync(NftAclText.Chains(network, rules), ct);

    public Task SetForwardsAsync(string network, IReadOnlyList<ForwardRule> rules, CancellationToken ct) => ApplyAsync(NftForwardText.Chains(network, rules), ct);

    public Task ClearAsync(string network, CancellationToken ct) =>
        ApplyAsync([.. NftAclText.Chains(network, null), .. NftForwardText.Chains(network, []), .. NftNetworkText.Chains(network, new BridgeRules(null, null))], ct);

    private static Task ApplyAsync(IEnumerable<NftChain> chains, CancellationToken ct) => ProcessRunner.RunAsync("nft", ["-f", "-"], ct, Text(chains));

    /// <summary>All chains are emptied before those without rules go: they may lead to each other.</summary>
    internal static string Text(IEnumerable<NftChain> chains)
    {
        var text = new StringBuilder("add table inet lxd\n");
        var all = chains.ToList();
        foreach (var chain in all)
        {
            // What may not be there is made before it is emptied or removed.
            var hook = chain.Rules.Count > 0 && chain.Hook.Length > 0 ? $" {{ {chain.Hook} policy accept; }}" : "";
            text.Append($"add chain inet lxd {chain.Name}{hook}\nflush chain inet lxd {chain.Name}\n");
        }

        foreach (var chain in all.Where(c => c.Rules.Count == 0))
        {
            text.Append($"delete chain inet lxd {chain.Name}\n");
        }

        foreach (var chain in all)
        {
            text.AppendJoin("", chain.Rules.Select(r => $"add rule inet lxd {chain.Name} {r}\n"));
        }

        return text.ToString();
    }
}

/// <summary>A chain and all its rules; one without rules is taken away.</summary>
/// <param name="Hook">Where packets enter it: <c>type filter hook input priority 0;</c>. Empty for one that others jump to.</param>
internal sealed record NftChain(string Name, string Hook, IReadOnlyList<string> Rules);
