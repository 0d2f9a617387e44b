using System.Globalization;
using Lxd.Linux.Processes;
using Lxd.Linux.Spawn;
using Lxd.Linux.Users;

namespace Lxd.Network.Bridges;

/// <summary>The DHCP and DNS server of a bridge. It outlives the daemon and is found again by its pid file.</summary>
internal static class Dnsmasq
{
    public static async Task StartAsync(BridgeSpec bridge, CancellationToken ct)
    {
        if (bridge.Ipv4 is null && bridge.Ipv6 is null)
        {
            return;
        }

        Directory.CreateDirectory(bridge.HostsDirectory);
        await File.WriteAllTextAsync(bridge.RawFile, bridge.Get("raw.dnsmasq") + "\n", ct).ConfigureAwait(false);
        await ProcessRunner.RunAsync("dnsmasq", Arguments(bridge), ct).ConfigureAwait(false);
        var pid = File.ReadAllText(OwnPidFile(bridge)).Trim();
        await File.WriteAllTextAsync(bridge.PidFile, $"name: dnsmasq\npid: {pid}\n", ct).ConfigureAwait(false);
    }

    public static bool IsRunning(BridgeSpec bridge) => Pid(bridge) > 0;

    /// <summary>Ends it and returns when its sockets are free; a repeat does nothing.</summary>
    public static async Task StopAsync(BridgeSpec bridge, CancellationToken ct)
    {
        if (Pid(bridge) is > 0 and var pid)
        {
            Signals.Send(pid, 15);
            await Pidfd.WaitExitAsync(pid).WaitAsync(ct).ConfigureAwait(false);
        }

        File.Delete(bridge.PidFile);
    }

    /// <summary>Has it read the static hosts anew.</summary>
    public static void Reload(BridgeSpec bridge)
    {
        if (Pid(bridge) is > 0 and var pid)
        {
            Signals.Send(pid, 1);
        }
    }

    /// <summary>The process of the pid file, if that is still this bridge's dnsmasq; 0 otherwise.</summary>
    private static int Pid(BridgeSpec bridge)
    {
        try
        {
            var line = File.ReadLines(bridge.PidFile).FirstOrDefault(l => l.StartsWith("pid: ", StringComparison.Ordinal)) ?? "";
            return line.Length > 5 && int.TryParse(line[5..], NumberStyles.None, CultureInfo.InvariantCulture, out var pid)
                && File.ReadAllText($"/proc/{pid}/cmdline").Contains(OwnPidFile(bridge), StringComparison.Ordinal) ? pid : 0;
        }
        catch (IOException)
        {
            return 0;
        }
    }

    /// <summary>Where it writes its number; ours tells more.</summary>
    private static string OwnPidFile(BridgeSpec bridge) => Path.Combine(bridge.Directory, "dnsmasq.own-pid");

    private static List<string> Arguments(BridgeSpec bridge)
    {
        List<string> arguments =
        [
            "--strict-order", "--bind-interfaces", "--except-interface=lo", $"--pid-file={OwnPidFile(bridge)}", "--no-ping", $"--interface={bridge.Name}", "--dhcp-rapid-commit", "--no-negcache",
            "--quiet-dhcp", "--quiet-dhcp6", "--quiet-ra", "--dhcp-no-override", "--dhcp-authoritative", $"--dhcp-leasefile={bridge.LeaseFile}", $"--dhcp-hostsfile={bridge.HostsDirectory}",
            $"--conf-file={bridge.RawFile}", "--user=" + (UserNames.GroupId("nogroup") is null ? "root" : "nobody"),
        ];
        if (bridge.Ipv4 is { } four)
        {
            arguments.Add($"--listen-address={four.Address}");
            arguments.AddRange(Ranges(bridge, four));
            if (bridge.Get("ipv4.dhcp.gateway") is { Length: > 0 } gateway)
            {
                arguments.Add($"--dhcp-option-force=3,{gateway}");
            }
        }

        if (bridge.Ipv6 is { } six)
        {
            arguments.Add($"--listen-address={six.Address}");
            arguments.Add("--enable-ra");
            arguments.AddRange(Ranges6(bridge, six));
        }

        if (bridge.Get("dns.mode") != "none")
        {
            var domain = bridge.Get("dns.domain");
            arguments.AddRange(["-s", domain, $"--interface-name=_gateway.{domain},{bridge.Name}", "-S", $"/{domain}/"]);
        }

        if (bridge.Get("dns.search") is { Length: > 0 } search)
        {
            arguments.Add("--dhcp-option-force=119," + search.Replace(" ", "", StringComparison.Ordinal));
        }

        if (bridge.Get("bridge.mtu") is { Length: > 0 } mtu)
        {
            arguments.Add($"--dhcp-option-force=26,{mtu}");
        }

        return arguments;
    }

    private static IEnumerable<string> Ranges(BridgeSpec bridge, Subnet four)
    {
        if (!bridge.IsTrue("ipv4.dhcp"))
        {
            return [];
        }

        var (first, last) = four.Range();
        var expiry = bridge.Get("ipv4.dhcp.expiry");
        return bridge.Get("ipv4.dhcp.ranges") is { Length: > 0 } ranges
            ? ranges.Split(',').Select(r => $"--dhcp-range={r.Trim().Replace('-', ',')},{expiry}")
            : [$"--dhcp-range={first},{last},{expiry}"];
    }

    private static IEnumerable<string> Ranges6(BridgeSpec bridge, Subnet six)
    {
        if (!bridge.IsTrue("ipv6.dhcp"))
        {
            return [$"--dhcp-range=::,constructor:{bridge.Name},ra-only"];
        }

        var expiry = bridge.Get("ipv6.dhcp.expiry");
        if (!bridge.IsTrue("ipv6.dhcp.stateful"))
        {
            return [$"--dhcp-range=::,constructor:{bridge.Name},ra-stateless,ra-names"];
        }

        var (first, last) = six.Range();
        return bridge.Get("ipv6.dhcp.ranges") is { Length: > 0 } ranges
            ? ranges.Split(',').Select(r => $"--dhcp-range={r.Trim().Replace('-', ',')},{six.Prefix},{expiry}")
            : [$"--dhcp-range={first},{last},{six.Prefix},{expiry}"];
    }
}
