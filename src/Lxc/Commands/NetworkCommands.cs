using System.Text.Json.Nodes;
using Lxc.Framework;
using Lxc.Output;
using Lxc.Terminal;
using Lxd.Core;
using Lxd.Core.Api;

namespace Lxc.Commands;

/// <summary><c>network</c>.</summary>
internal static class NetworkCommands
{
    private static readonly Flag Format = new("--format", "-f", "format", "table, compact, csv, json or yaml");

    public static IEnumerable<Command> All() =>
    [
        .. EntityCommands.Make("network", "[<remote>:]<network>", Find, ["config", "description"]),
        new("network list", "[<remote>:]", "List available networks", ListAsync) { Aliases = ["ls"], Flags = [Format, new("--all-projects", Help: "Of all projects"), new("--columns", "-c", "letters", "Columns")], Count = (0, 1) },
        new("network create", "[<remote>:]<network> [key=value...]", "Create new networks", CreateAsync) { Flags = [new("--type", "-t", "type", "bridge, macvlan, ..."), new("--description", Value: "text", Help: "Description"), new("--target", Value: "member", Help: "Cluster member")], Count = (1, -1) },
        new("network delete", "[<remote>:]<network>", "Delete networks", DeleteAsync) { Aliases = ["rm"], Count = (1, 1) },
        new("network rename", "[<remote>:]<network> <new-name>", "Rename networks", RenameAsync) { Aliases = ["mv"], Count = (2, 2) },
        new("network info", "[<remote>:]<network>", "Get runtime information on networks", InfoAsync) { Count = (1, 1) },
        new("network list-leases", "[<remote>:]<network>", "List DHCP leases", LeasesAsync) { Flags = [Format, new("--columns", "-c", "letters", "Columns")], Count = (1, 1) },
        new("network attach", "[<remote>:]<network> <instance> [<device name>] [<interface name>]", "Attach network interfaces to instances", (c, a) => AttachAsync(c, a, InstanceCommands.PathOf)) { Count = (2, 4) },
        new("network attach-profile", "[<remote>:]<network> <profile> [<device name>] [<interface name>]", "Attach network interfaces to profiles", (c, a) => AttachAsync(c, a, p => $"/1.0/profiles/{Uri.EscapeDataString(p)}")) { Count = (2, 4) },
        new("network detach", "[<remote>:]<network> <instance> [<device name>]", "Detach network interfaces from instances", (c, a) => DetachAsync(c, a, InstanceCommands.PathOf)) { Count = (2, 3) },
        new("network detach-profile", "[<remote>:]<network> <profile> [<device name>]", "Detach network interfaces from profiles", (c, a) => DetachAsync(c, a, p => $"/1.0/profiles/{Uri.EscapeDataString(p)}")) { Count = (2, 3) },
    ];

    private static EntityCommands.Target Find(Context context, List<string> words)
    {
        var (server, name) = context.Resolve(words.Count > 0 ? words[0] : throw new UsageException("Missing network name"));
        return new(server, Url(name), [.. words.Skip(1)]);
    }

    private static string Url(string name) => name.Length > 0 ? $"/1.0/networks/{Uri.EscapeDataString(name)}" : throw new ApiException(0, "Missing network name");

    private static async Task<int> ListAsync(Context context, Arguments arguments)
    {
        var (server, _) = context.Resolve(arguments.Rest.FirstOrDefault(""));
        var all = await server.GetAsync<List<Network>>("/1.0/networks?recursion=1" + (arguments.Has("--all-projects") ? "&all-projects=true" : ""), context.Cancel).ConfigureAwait(false);
        await context.Out.WriteAsync(Table.Render(arguments.Get("--format", "table"), ["NAME", "TYPE", "MANAGED", "IPV4", "IPV6", "DESCRIPTION", "USED BY", "STATE"],
            all.OrderBy(n => n.Name, StringComparer.Ordinal).Select(n => (IReadOnlyList<string>)[n.Name, n.Type, n.Managed ? "YES" : "NO", n.Config.GetValueOrDefault("ipv4.address", ""), n.Config.GetValueOrDefault("ipv6.address", ""), n.Description, $"{n.UsedBy.Count}", n.Status.ToUpperInvariant()]), Json.Node(all))).ConfigureAwait(false);
        return 0;
    }

    private static async Task<int> CreateAsync(Context context, Arguments arguments)
    {
        var (server, name) = context.Resolve(arguments.Rest[0]);
        var body = Yaml.Parse(Input.ReadPiped()) as JsonObject ?? [];
        var config = body["config"] as JsonObject ?? [];
        foreach (var (key, value) in arguments.Rest.Count > 1 ? EntityCommands.Pairs([.. arguments.Rest.Skip(1)]) : [])
        {
            config[key] = value;
        }

        body["name"] = name;
        body["config"] = config.DeepClone();
        body["type"] = arguments.Get("--type", (string?)body["type"] ?? "");
        body["description"] = arguments.Get("--description", (string?)body["description"] ?? "");
        await server.SendAsync("POST", "/1.0/networks", body, context.Cancel).ConfigureAwait(false);
        await Say(context, $"Network {name} created").ConfigureAwait(false);
        return 0;
    }

    private static async Task<int> DeleteAsync(Context context, Arguments arguments)
    {
        var (server, name) = context.Resolve(arguments.Rest[0]);
        await server.SendAsync("DELETE", Url(name), (JsonNode?)null, context.Cancel).ConfigureAwait(false);
        await Say(context, $"Network {name} deleted").ConfigureAwait(false);
        return 0;
    }

    private static async Task<int> RenameAsync(Context context, Arguments arguments)
    {
        var (server, name) = context.Resolve(arguments.Rest[0]);
        await server.SendAsync("POST", Url(name), new JsonObject { ["name"] = arguments.Rest[1] }, context.Cancel).ConfigureAwait(false);
        await Say(context, $"Network {name} renamed to {arguments.Rest[1]}").ConfigureAwait(false);
        return 0;
    }

    private static async Task<int> InfoAsync(Context context, Arguments arguments)
    {
        var (server, name) = context.Resolve(arguments.Rest[0]);
        var state = await server.GetAsync<NetworkState>(Url(name) + "/state", context.Cancel).ConfigureAwait(false);
        await context.Out.WriteAsync($"Name: {name}\nMAC address: {state.Hwaddr}\nMTU: {state.Mtu}\nState: {state.State}\nType: {state.Type}\n").ConfigureAwait(false);
        if (state.Addresses.Count > 0)
        {
            await context.Out.WriteAsync("\nIP addresses:\n" + string.Concat(state.Addresses.Select(a => $"  {a.Family}\t{a.Address}/{a.Netmask} ({a.Scope})\n"))).ConfigureAwait(false);
        }

        await context.Out.WriteAsync($"\nNetwork usage:\n  Bytes received: {Units.FormatBytesSi((long)state.Counters.BytesReceived)}\n  Bytes sent: {Units.FormatBytesSi((long)state.Counters.BytesSent)}\n  Packets received: {state.Counters.PacketsReceived}\n  Packets sent: {state.Counters.PacketsSent}\n").ConfigureAwait(false);
        return 0;
    }

    private static async Task<int> LeasesAsync(Context context, Arguments arguments)
    {
        var (server, name) = context.Resolve(arguments.Rest[0]);
        var leases = await server.GetAsync<List<NetworkLease>>(Url(name) + "/leases", context.Cancel).ConfigureAwait(false);
        await context.Out.WriteAsync(Table.Render(arguments.Get("--format", "table"), ["HOSTNAME", "MAC ADDRESS", "IP ADDRESS", "TYPE"], leases.OrderBy(l => l.Hostname + l.Address, StringComparer.Ordinal).Select(l => (IReadOnlyList<string>)[l.Hostname, l.Hwaddr, l.Address, l.Type.ToUpperInvariant()]), Json.Node(leases))).ConfigureAwait(false);
        return 0;
    }

    private static async Task<int> AttachAsync(Context context, Arguments arguments, Func<string, string> url)
    {
        var (server, name) = context.Resolve(arguments.Rest[0]);
        var network = await server.GetAsync<Network>(Url(name), context.Cancel).ConfigureAwait(false);
        var device = arguments.Rest.ElementAtOrDefault(2) ?? name;
        var nic = network.Managed ? new JsonObject { ["type"] = "nic", ["network"] = name } : new JsonObject { ["type"] = "nic", ["nictype"] = network.Type == "bridge" ? "bridged" : "macvlan", ["parent"] = name };
        if (arguments.Rest.ElementAtOrDefault(3) is { } inner)
        {
            nic["name"] = inner;
        }

        await ChangeAsync(server, url(arguments.Rest[1]), devices => devices[device] = devices.ContainsKey(device) ? throw new ApiException(0, $"Device already exists: {device}") : nic, context.Cancel).ConfigureAwait(false);
        return 0;
    }

    private static async Task<int> DetachAsync(Context context, Arguments arguments, Func<string, string> url)
    {
        var (server, name) = context.Resolve(arguments.Rest[0]);
        var device = arguments.Rest.ElementAtOrDefault(2);
        await ChangeAsync(server, url(arguments.Rest[1]), devices =>
        {
            device ??= devices.FirstOrDefault(d => (string?)d.Value?["type"] == "nic" && ((string?)d.Value["network"] == name || (string?)d.Value["parent"] == name)).Key ?? throw new ApiException(0, "No device found for this network");
            devices.Remove(device);
        }, context.Cancel).ConfigureAwait(false);
        return 0;
    }

    private static async Task ChangeAsync(Lxd.Client.LxdConnection server, string url, Action<JsonObject> change, CancellationToken ct)
    {
        var answer = await server.SendAsync("GET", url, (JsonNode?)null, ct).ConfigureAwait(false);
        var thing = (JsonObject)answer.Metadata!;
        var devices = (JsonObject?)thing["devices"]?.DeepClone() ?? [];
        change(devices);
        thing["devices"] = devices;
        await EntityCommands.PutAsync(new(server, url, []), thing, answer.Etag, ct).ConfigureAwait(false);
    }

    private static Task Say(Context context, string text) => context.Quiet ? Task.CompletedTask : context.Out.WriteLineAsync(text);
}
