using System.Text.Json.Nodes;
using Lxc.Commands.Shared;
using Lxc.Framework;
using Lxc.Output;
using Lxc.Terminal;
using Lxd.Core;
using Lxd.Core.Api;

namespace Lxc.Commands.Networks;

/// <summary><c>network</c>.</summary>
internal static class NetworkCommands
{
    private const string What = "[<remote>:]<network>";

    private static readonly Columns<Network> Columns = new(
        "ntm46duS",
        new('n', "NAME", n => n.Name),
        new('t', "TYPE", n => n.Type),
        new('m', "MANAGED", n => n.Managed ? "YES" : "NO"),
        new('4', "IPV4", n => n.Config.GetValueOrDefault("ipv4.address", "")),
        new('6', "IPV6", n => n.Config.GetValueOrDefault("ipv6.address", "")),
        new('d', "DESCRIPTION", n => n.Description),
        new('u', "USED BY", n => $"{n.UsedBy.Count}"),
        new('S', "STATE", n => n.Status.ToUpperInvariant()),
        new('s', "STATE", n => n.Status.ToUpperInvariant()),
        new('e', "PROJECT", n => n.Project));

    private static readonly Columns<NetworkLease> LeaseColumns = new(
        "hmit",
        new('h', "HOSTNAME", l => l.Hostname),
        new('m', "MAC ADDRESS", l => l.Hwaddr),
        new('i', "IP ADDRESS", l => l.Address),
        new('t', "TYPE", l => l.Type.ToUpperInvariant()),
        new('L', "LOCATION", l => l.Location));

    public static IEnumerable<Command> All() =>
    [
        .. EntityCommands.Make("network", What, 1, Find, [Hint.Network], Flags.Target).Select(c => c.Path == "network edit" ? c with { Flags = [] } : c),
        new("network list", "[<remote>:]", "List available networks", ListAsync) { Aliases = ["ls"], Flags = [Flags.AllProjects, Flags.Columns(Columns.Usual), Flags.Format, Flags.Target], Count = (0, 1), Hints = [Hint.Remote] },
        new("network create", "[<remote>:]<network> [key=value...]", "Create networks", CreateAsync)
        {
            Flags = [Flags.Description("the network"), Flags.Target, new("--type", "-t", "type", "bridge, macvlan, physical, sriov or ovn")], Count = (1, -1), Hints = [Hint.Remote, Hint.None],
            Examples = "lxc network create br1 ipv4.address=10.1.2.1/24\n    Create a bridge.\n\nlxc network create br1 < config.yaml\n    Take its configuration from config.yaml.",
        },
        new("network delete", What, "Delete networks", EntityCommands.Delete("Network", Find)) { Aliases = ["rm"], Count = (1, 1), Hints = [Hint.Network] },
        new("network rename", What + " <new-name>", "Rename networks", EntityCommands.Rename("Network", Find)) { Aliases = ["mv"], Count = (2, 2), Hints = [Hint.Network, Hint.None] },
        new("network info", What, "Get runtime information on networks", InfoAsync) { Flags = [Flags.Target], Count = (1, 1), Hints = [Hint.Network] },
        new("network list-leases", What, "List DHCP leases", LeasesAsync) { Flags = [Flags.Format], Count = (1, 1), Hints = [Hint.Network] },
        .. NetworkDevices.Make(),
        .. NetworkAclCommands.All(),
        .. NetworkForwardCommands.All(),
        .. NetworkZoneCommands.All(),
        .. NetworkAllocationsCommand.All(),
    ];

    public static string Url(string name) => name.Length > 0 ? $"/1.0/networks/{Uri.EscapeDataString(name)}" : throw new ApiException(0, "Missing network name");

    private static Target Find(Context context, Arguments arguments)
    {
        var (server, name) = context.Resolve(arguments.Rest[0]);
        return new(server, Url(name), Shape.Network, [.. arguments.Rest.Skip(1)], Remoting.Query(("target", Remoting.TargetOf(arguments))).TrimStart('?'));
    }

    private static async Task<int> ListAsync(Context context, Arguments arguments)
    {
        var server = Remoting.ServerOf(context, arguments.At(0));
        var raw = await server.GetAsync("/1.0/networks" + Remoting.Query(("recursion", "1"), Remoting.AllProjects(arguments), ("target", Remoting.TargetOf(arguments))), context.Cancel).ConfigureAwait(false);
        var columns = Columns.Parse(arguments.Get("--columns", (arguments.Has("--all-projects") ? "e" : "") + Columns.Usual));
        await Listing.WriteAsync(context, arguments, columns, Json.Parse<List<Network>>(raw).Where(n => n.Type is not ("loopback" or "unknown")), raw).ConfigureAwait(false);
        return 0;
    }

    private static async Task<int> CreateAsync(Context context, Arguments arguments)
    {
        var (server, name) = context.Resolve(arguments.Rest[0]);
        var body = Input.Yaml();
        body["name"] = name;
        body["type"] = arguments.Get("--type", (string?)body["type"] ?? "");
        body["description"] = arguments.Get("--description", (string?)body["description"] ?? "");
        Pairs.Apply(Target.Map(body, "config"), Pairs.Read([.. arguments.Rest.Skip(1)]));
        var query = Remoting.Query(("target", Remoting.TargetOf(arguments)));
        await server.RunAsync("POST", "/1.0/networks" + query, body, null, context.Cancel).ConfigureAwait(false);
        await context.SayAsync(query.Length > 0 ? $"Network {name} pending on member {Remoting.TargetOf(arguments)}" : $"Network {name} created").ConfigureAwait(false);
        return 0;
    }

    private static async Task<int> InfoAsync(Context context, Arguments arguments)
    {
        var (server, name) = context.Resolve(arguments.Rest[0]);
        var raw = await server.GetAsync(Url(name) + "/state" + Remoting.Query(("target", Remoting.TargetOf(arguments))), context.Cancel).ConfigureAwait(false);
        await context.Out.WriteAsync(NetworkText.Of(name, Json.Parse<NetworkState>(raw))).ConfigureAwait(false);
        return 0;
    }

    private static async Task<int> LeasesAsync(Context context, Arguments arguments)
    {
        var (server, name) = context.Resolve(arguments.Rest[0]);
        var raw = await server.GetAsync(Url(name) + "/leases", context.Cancel).ConfigureAwait(false);
        var leases = Json.Parse<List<NetworkLease>>(raw);
        var located = leases.Exists(l => l.Location is not ("" or "none"));
        await Listing.WriteAsync(context, arguments, LeaseColumns.Parse(LeaseColumns.Usual + (located ? "L" : "")), leases, raw).ConfigureAwait(false);
        return 0;
    }
}
