using System.Globalization;
using Lxd.Core;
using Lxd.Linux.Processes;

namespace Lxd.Network.Nics;

/// <summary>Limits by <c>tc</c>, filters by <c>nft</c>.</summary>
public sealed class NicRules : INicRules
{
    public async Task ShapeAsync(string link, NicRates rates, CancellationToken ct)
    {
        await ClearAsync(link, ct).ConfigureAwait(false);
        await using var undo = new Rollback();
        undo.Add(() => ClearAsync(link, CancellationToken.None));
        // What the instance receives leaves the host side, and the other way round.
        if (rates.Ingress > 0)
        {
            await TcAsync(ct, "qdisc", "add", "dev", link, "root", "handle", "1:0", "htb", "default", "10").ConfigureAwait(false);
            await TcAsync(ct, "class", "add", "dev", link, "parent", "1:0", "classid", "1:10", "htb", "rate", Rate(rates.Ingress)).ConfigureAwait(false);
        }

        if (rates.Egress > 0)
        {
            await TcAsync(ct, "qdisc", "add", "dev", link, "handle", "ffff:0", "ingress").ConfigureAwait(false);
            await TcAsync(ct, "filter", "add", "dev", link, "parent", "ffff:0", "protocol", "all", "u32", "match", "u32", "0", "0",
                "police", "rate", Rate(rates.Egress), "burst", Burst(rates.Egress), "mtu", "64kb", "drop").ConfigureAwait(false);
        }

        undo.Commit();
    }

    public Task FilterAsync(NicFilter filter, CancellationToken ct) => NftAsync(NicFilterText.Rules(filter), ct);

    public Task UnfilterAsync(string owner, CancellationToken ct) => NftAsync(NicFilterText.NoRules(owner), ct);

    public Task PrioritizeAsync(string instance, string link, int? priority, CancellationToken ct) => NftAsync(NicFilterText.Priority(instance, link, priority), ct);

    private static Task NftAsync(string text, CancellationToken ct) => ProcessRunner.RunAsync("nft", ["-f", "-"], ct, text);

    private static Task TcAsync(CancellationToken ct, params string[] arguments) => ProcessRunner.RunAsync("tc", arguments, ct);

    private static async Task ClearAsync(string link, CancellationToken ct)
    {
        await ProcessRunner.TryAsync("tc", ["qdisc", "del", "dev", link, "root"], ct).ConfigureAwait(false);
        await ProcessRunner.TryAsync("tc", ["qdisc", "del", "dev", link, "ingress"], ct).ConfigureAwait(false);
    }

    private static string Rate(long bits) => bits.ToString(CultureInfo.InvariantCulture) + "bit";

    /// <summary>What arrives in ten milliseconds, at least one large packet.</summary>
    private static string Burst(long bits) => Math.Max(65536, bits / 800).ToString(CultureInfo.InvariantCulture);
}
