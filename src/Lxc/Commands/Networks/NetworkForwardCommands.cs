using System.Text.Json.Nodes;
using Lxc.Commands.Shared;
using Lxc.Framework;
using Lxc.Output;
using Lxc.Terminal;
using Lxd.Core;
using Lxd.Core.Api;

namespace Lxc.Commands.Networks;

/// <summary><c>network forward</c>.</summary>
internal static class NetworkForwardCommands
{
    private const string What = "[<remote>:]<network> <listen_address>";
    private static readonly Shape Forward = new(["config", "description", "ports"], ["description", "config", "ports", "listen_address", "location"]);

    private static readonly Columns<NetworkForward> Columns = new(
        "ldtp",
        new('l', "LISTEN ADDRESS", f => f.ListenAddress),
        new('d', "DESCRIPTION", f => f.Description),
        new('t', "DEFAULT TARGET ADDRESS", f => f.Config.GetValueOrDefault("target_address", "")),
        new('p', "PORTS", f => $"{f.Ports.Count}"),
        new('L', "LOCATION", f => f.Location));

    public static IEnumerable<Command> All() =>
    [
        .. EntityCommands.Make("network forward", What, 2, Find, [Hint.Network, Hint.None], Flags.Target).Select(c => c.Path is "network forward get" or "network forward unset" ? c with { Flags = [Flags.Property] } : c),
        new("network forward list", "[<remote>:]<network>", "List available network forwards", ListAsync) { Aliases = ["ls"], Flags = [Flags.Columns(Columns.Usual), Flags.Format], Count = (1, 1), Hints = [Hint.Network] },
        new("network forward create", "[<remote>:]<network> [<listen_address>] [key=value...]", "Create network forwards", CreateAsync)
        {
            Flags = [Flags.Target, new("--allocate", Value: "family", Help: "Have the server choose the address: ipv4 or ipv6")], Count = (1, -1), Hints = [Hint.Network, Hint.None],
        },
        new("network forward delete", What, "Delete network forwards", DeleteAsync) { Aliases = ["rm"], Flags = [Flags.Target], Count = (2, 2), Hints = [Hint.Network, Hint.None] },
        new("network forward port add", What + " <protocol> <listen_port(s)> <target_address> [<target_port(s)>]", "Add ports to network forwards", AddAsync) { Flags = [Flags.Target], Count = (5, 6), Hints = [Hint.Network, Hint.None] },
        new("network forward port remove", What + " [<protocol>] [<listen_port(s)>]", "Remove ports from network forwards", RemoveAsync)
        {
            Flags = [new("--force", Help: "Remove all ports that match"), Flags.Target], Count = (2, 4), Hints = [Hint.Network, Hint.None],
        },
    ];

    private static string Url(string network, string address) => NetworkCommands.Url(network) + (address.Length > 0 ? $"/forwards/{Uri.EscapeDataString(address)}" : throw new ApiException(0, "Missing listen address"));

    private static Target Find(Context context, Arguments arguments)
    {
        var (server, network) = context.Resolve(arguments.Rest[0]);
        return new(server, Url(network, arguments.Rest[1]), Forward, [.. arguments.Rest.Skip(2)], Remoting.Query(("target", Remoting.TargetOf(arguments))).TrimStart('?'));
    }

    private static async Task<int> ListAsync(Context context, Arguments arguments)
    {
        var (server, network) = context.Resolve(arguments.Rest[0]);
        var raw = await server.GetAsync(NetworkCommands.Url(network) + "/forwards?recursion=1", context.Cancel).ConfigureAwait(false);
        return await Listing.WriteAsync(context, arguments, Columns, Json.Parse<List<NetworkForward>>(raw), raw).ConfigureAwait(false);
    }

    private static async Task<int> CreateAsync(Context context, Arguments arguments)
    {
        var (server, network) = context.Resolve(arguments.Rest[0]);
        var given = arguments.Rest.Count > 1 && !arguments.Rest[1].Contains('=');
        var body = Input.Yaml();
        var address = (given, arguments.Get("--allocate")) switch
        {
            (true, "") => arguments.Rest[1],
            (true, _) => throw new ApiException(0, "Cannot specify listen address when requesting allocation"),
            (_, "ipv4") => "0.0.0.0",
            (_, "ipv6") => "::",
            (_, "") => throw new ApiException(0, "Must specify a listen address or use --allocate flag to specify an address family"),
            (_, var other) => throw new ApiException(0, $"Invalid IP family \"{other}\""),
        };
        body["listen_address"] = address;
        Pairs.Apply(Target.Map(body, "config"), Pairs.Read([.. arguments.Rest.Skip(given ? 2 : 1)]));
        await server.RunAsync("POST", NetworkCommands.Url(network) + "/forwards" + Remoting.Query(("target", Remoting.TargetOf(arguments))), body, null, context.Cancel).ConfigureAwait(false);
        await context.SayAsync($"Network forward {address} created").ConfigureAwait(false);
        return 0;
    }

    private static async Task<int> DeleteAsync(Context context, Arguments arguments)
    {
        var target = Find(context, arguments);
        await target.Server.RunAsync("DELETE", target.Url, (JsonNode?)null, null, context.Cancel).ConfigureAwait(false);
        await context.SayAsync($"Network forward {arguments.Rest[1]} deleted").ConfigureAwait(false);
        return 0;
    }

    private static Task<int> AddAsync(Context context, Arguments arguments) => ChangeAsync(context, arguments, ports => ports.Add((JsonNode)new JsonObject
    {
        ["protocol"] = arguments.Rest[2],
        ["listen_port"] = arguments.Rest[3],
        ["target_address"] = arguments.Rest[4],
        ["target_port"] = arguments.Rest.ElementAtOrDefault(5) ?? "",
    }));

    private static Task<int> RemoveAsync(Context context, Arguments arguments) => ChangeAsync(context, arguments, ports =>
    {
        var (protocol, listen) = (arguments.Rest.ElementAtOrDefault(2), arguments.Rest.ElementAtOrDefault(3));
        var matching = ports.Where(p => (protocol is null || (string?)p!["protocol"] == protocol) && (listen is null || (string?)p!["listen_port"] == listen)).ToList();
        if (matching.Count == 0)
        {
            throw new ApiException(0, "No matching port(s) found");
        }

        if (matching.Count > 1 && !arguments.Has("--force"))
        {
            throw new ApiException(0, "Multiple ports match. Use --force to remove them all");
        }

        foreach (var port in matching)
        {
            ports.Remove(port);
        }
    });

    private static async Task<int> ChangeAsync(Context context, Arguments arguments, Action<JsonArray> change)
    {
        var target = Find(context, arguments);
        var answer = await target.Server.SendAsync("GET", target.Url, (JsonNode?)null, context.Cancel).ConfigureAwait(false);
        var forward = (JsonObject)answer.Metadata!;
        var ports = (forward["ports"]?.DeepClone() as JsonArray) ?? [];
        change(ports);
        var body = new JsonObject(Forward.Editable.Select(m => KeyValuePair.Create(m, forward[m]?.DeepClone()))) { ["ports"] = ports };
        await target.Server.SendAsync("PUT", target.Url, body, context.Cancel, answer.Etag).ConfigureAwait(false);
        return 0;
    }
}
