using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Lxc.Framework;
using Lxc.Output;
using Lxd.Core;
using Lxd.Core.Api;

namespace Lxc.Commands;

/// <summary><c>info</c>: of the server, or of an instance.</summary>
internal static class InfoCommand
{
    public static Command Make() => new("info", "[<remote>:][<instance>]", "Show instance or server information", RunAsync)
    {
        Flags = [new("--show-log", Help: "With the last log of the instance"), new("--resources", Help: "What the server has"), new("--target", Value: "member", Help: "Cluster member")],
        Count = (0, 1),
    };

    private static async Task<int> RunAsync(Context context, Arguments arguments)
    {
        var (server, name) = context.Resolve(arguments.Rest.FirstOrDefault(""));
        if (name.Length == 0)
        {
            var shown = await server.GetAsync(arguments.Has("--resources") ? "/1.0/resources" : "/1.0", context.Cancel).ConfigureAwait(false);
            await context.Out.WriteAsync(arguments.Has("--resources") ? ResourcesText.Of(shown!) : Yaml.Format(shown)).ConfigureAwait(false);
            return 0;
        }

        var path = InstanceCommands.PathOf(name);
        var instance = await server.GetAsync<InstanceFull>(path, context.Cancel).ConfigureAwait(false);
        instance.State = await server.GetAsync<InstanceState>(path + "/state", context.Cancel).ConfigureAwait(false);
        instance.Snapshots = await server.GetAsync<List<InstanceSnapshot>>(path + "/snapshots?recursion=1", context.Cancel).ConfigureAwait(false);
        var text = new StringBuilder($"Name: {instance.Name}\n");
        if (instance.Description.Length > 0)
        {
            text.Append($"Description: {instance.Description}\n");
        }

        text.Append($"Status: {instance.Status.ToUpperInvariant()}\n");
        text.Append($"Type: {instance.Type}{(instance.Ephemeral ? " (ephemeral)" : "")}\nArchitecture: {instance.Architecture}\n");
        if (instance.State is { Pid: > 0 } running)
        {
            text.Append(CultureInfo.InvariantCulture, $"PID: {running.Pid}\n");
        }

        Time(text, "Created", instance.CreatedAt);
        Time(text, "Last Used", instance.LastUsedAt);
        if (instance.State is { Pid: > 0 } state)
        {
            Resources(text, state);
        }

        if (instance.Snapshots.Count > 0)
        {
            text.Append("\nSnapshots:\n").Append(Table.Render("table", ["NAME", "TAKEN AT", "EXPIRES AT", "STATEFUL"], instance.Snapshots.OrderBy(s => s.CreatedAt).Select(s => (IReadOnlyList<string>)[s.Name.Split('/')[^1], Stamp(s.CreatedAt), Stamp(s.ExpiresAt), s.Stateful ? "YES" : "NO"]), null));
        }

        if (arguments.Has("--show-log"))
        {
            var file = instance.Type == "container" ? "lxc.log" : "qemu.log";
            try
            {
                using var log = await server.RawAsync("GET", $"{path}/logs/{file}", null, context.Cancel).ConfigureAwait(false);
                text.Append($"\nLog:\n\n{await log.Content.ReadAsStringAsync(context.Cancel).ConfigureAwait(false)}\n");
            }
            catch (ApiException e) when (e.Status == 404)
            {
                text.Append("\nLog:\n\n\n");
            }
        }

        await context.Out.WriteAsync(text.ToString()).ConfigureAwait(false);
        return 0;
    }

    private static void Resources(StringBuilder text, InstanceState state)
    {
        text.Append(CultureInfo.InvariantCulture, $"\nResources:\n  Processes: {state.Processes}\n");
        var disks = (state.Disk ?? []).Where(d => d.Value.Usage > 0).ToList();
        if (disks.Count > 0)
        {
            text.Append("  Disk usage:\n");
            foreach (var (name, disk) in disks)
            {
                text.Append($"    {name}: {Units.FormatBytes((long)disk.Usage)}\n");
            }
        }

        if (state.Cpu.Usage > 0)
        {
            text.Append(CultureInfo.InvariantCulture, $"  CPU usage:\n    CPU usage (in seconds): {state.Cpu.Usage / 1_000_000_000}\n");
        }

        if (state.Memory.Usage > 0)
        {
            text.Append($"  Memory usage:\n    Memory (current): {Units.FormatBytes((long)state.Memory.Usage)}\n");
            if (state.Memory.UsagePeak > 0)
            {
                text.Append($"    Memory (peak): {Units.FormatBytes((long)state.Memory.UsagePeak)}\n");
            }
        }

        if (state.Network is not { Count: > 0 } network)
        {
            return;
        }

        text.Append("  Network usage:\n");
        foreach (var (name, nic) in network.OrderBy(n => n.Key, StringComparer.Ordinal))
        {
            text.Append($"    {name}:\n      Type: {nic.Type}\n      State: {nic.State.ToUpperInvariant()}\n");
            if (nic.HostName.Length > 0)
            {
                text.Append($"      Host interface: {nic.HostName}\n");
            }

            text.Append($"      MAC address: {nic.Hwaddr}\n      MTU: {nic.Mtu.ToString(CultureInfo.InvariantCulture)}\n");
            text.Append($"      Bytes received: {Units.FormatBytesSi((long)nic.Counters.BytesReceived)}\n      Bytes sent: {Units.FormatBytesSi((long)nic.Counters.BytesSent)}\n");
            text.Append(CultureInfo.InvariantCulture, $"      Packets received: {nic.Counters.PacketsReceived}\n      Packets sent: {nic.Counters.PacketsSent}\n      IP addresses:\n");
            foreach (var address in nic.Addresses)
            {
                text.Append($"        {address.Family}:  {address.Address}/{address.Netmask} ({address.Scope})\n");
            }
        }
    }

    private static void Time(StringBuilder text, string what, DateTime time)
    {
        if (time.Year > 1970)
        {
            text.Append($"{what}: {Stamp(time)}\n");
        }
    }

    private static string Stamp(DateTime time) => time.Year <= 1970 ? "" : time.ToString("yyyy/MM/dd HH:mm 'UTC'", CultureInfo.InvariantCulture);
}
