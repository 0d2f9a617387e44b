using System.Globalization;
using Lxd.Core;
using Lxd.Linux.Processes;
using Lxd.Linux.Spawn;

namespace Lxd.Network.Bridges;

/// <summary>The DHCP and DNS server of a bridge. It outlives the daemon and is found again by its pid file.</summary>
internal static class Dnsmasq
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>Has it run as the configuration says. One that does so already goes on, and keeps what it remembers.</summary>
    /// <param name="fresh">Whether the link is new: one that listened on the old link is of no use.</param>
    public static async Task EnsureAsync(BridgeSpec bridge, bool fresh, CancellationToken ct)
    {
        if (!bridge.HasServer)
        {
            await StopAsync(bridge, ct).ConfigureAwait(false);
            File.Delete(bridge.LeaseFile);
            return;
        }

        Directory.CreateDirectory(bridge.HostsDirectory);
        var raw = bridge.Get("raw.dnsmasq") + "\n";
        var same = File.Exists(bridge.RawFile) && await File.ReadAllTextAsync(bridge.RawFile, ct).ConfigureAwait(false) == raw;
        var arguments = DnsmasqArguments.Of(bridge);
        if (same && !fresh && Pid(bridge) is > 0 and var pid && Arguments(pid).SequenceEqual(arguments))
        {
            return;
        }

        await StopAsync(bridge, ct).ConfigureAwait(false);
        await File.WriteAllTextAsync(bridge.RawFile, raw, ct).ConfigureAwait(false);
        var result = await ProcessRunner.TryAsync("dnsmasq", arguments, ct).ConfigureAwait(false);
        if (result.ExitCode != 0)
        {
            throw ApiException.Internal($"The DNS and DHCP service exited prematurely: Process exited with non-zero value {result.ExitCode} (\"{result.Error.Trim()}\")");
        }

        // It has written its number when it goes to the background.
        var own = (await File.ReadAllTextAsync(DnsmasqArguments.OwnPidFile(bridge), ct).ConfigureAwait(false)).Trim();
        await File.WriteAllTextAsync(bridge.PidFile, $"name: dnsmasq\npid: {own}\n", ct).ConfigureAwait(false);
    }

    /// <summary>Its process; 0 where it does not run.</summary>
    public static int Pid(BridgeSpec bridge)
    {
        try
        {
            var line = File.ReadLines(bridge.PidFile).FirstOrDefault(l => l.StartsWith("pid: ", StringComparison.Ordinal)) ?? "";
            return int.TryParse(line.AsSpan(Math.Min(5, line.Length)), NumberStyles.None, CultureInfo.InvariantCulture, out var pid) && Arguments(pid).Contains($"--dhcp-leasefile={bridge.LeaseFile}") ? pid : 0;
        }
        catch (IOException)
        {
            return 0;
        }
    }

    /// <summary>Ends it; a repeat does nothing. It is gone when this returns, and its addresses are free.</summary>
    public static async Task StopAsync(BridgeSpec bridge, CancellationToken ct)
    {
        if (Pid(bridge) is > 0 and var pid)
        {
            var end = Pidfd.WaitExitAsync(pid);
            Signals.Send(pid, 15);
            if (await Task.WhenAny(end, Task.Delay(Patience, ct)).ConfigureAwait(false) != end)
            {
                ct.ThrowIfCancellationRequested();
                Signals.Send(pid, 9);
                await end.WaitAsync(ct).ConfigureAwait(false);
            }
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

    private static string[] Arguments(int pid)
    {
        try
        {
            return [.. File.ReadAllText($"/proc/{pid}/cmdline").TrimEnd('\0').Split('\0').Skip(1)];
        }
        catch (IOException)
        {
            return [];
        }
    }
}
