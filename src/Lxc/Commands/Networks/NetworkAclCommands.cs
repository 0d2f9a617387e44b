using System.Text.Json.Nodes;
using Lxc.Commands.Shared;
using Lxc.Framework;
using Lxc.Output;
using Lxc.Terminal;
using Lxd.Core;
using Lxd.Core.Api;

namespace Lxc.Commands.Networks;

/// <summary><c>network acl</c>.</summary>
internal static class NetworkAclCommands
{
    private const string What = "[<remote>:]<ACL>";
    private static readonly string[] RuleKeys = ["action", "source", "destination", "protocol", "source_port", "destination_port", "icmp_type", "icmp_code", "description", "state"];
    private static readonly Shape Acl = new(["config", "description", "egress", "ingress"], ["name", "description", "egress", "ingress", "config", "used_by", "project"]);

    private static readonly Columns<NetworkACL> Columns = new(
        "ndu",
        new('n', "NAME", a => a.Name),
        new('d', "DESCRIPTION", a => a.Description),
        new('u', "USED BY", a => $"{a.UsedBy.Count}"),
        new('e', "PROJECT", a => a.Project));

    public static IEnumerable<Command> All() =>
    [
        .. EntityCommands.Make("network acl", What, 1, Find, [Hint.None]),
        new("network acl list", "[<remote>:]", "List network ACLs", ListAsync) { Aliases = ["ls"], Flags = [Flags.AllProjects, Flags.Columns(Columns.Usual), Flags.Format], Count = (0, 1), Hints = [Hint.Remote] },
        new("network acl create", What + " [key=value...]", "Create network ACLs", CreateAsync) { Count = (1, -1), Hints = [Hint.Remote, Hint.None] },
        new("network acl delete", What, "Delete network ACLs", EntityCommands.Delete("Network ACL", Find)) { Aliases = ["rm"], Count = (1, 1) },
        new("network acl rename", What + " <new-name>", "Rename network ACLs", EntityCommands.Rename("Network ACL", Find)) { Aliases = ["mv"], Count = (2, 2) },
        new("network acl show-log", What, "Show the log of network ACLs", LogAsync) { Count = (1, 1) },
        new("network acl rule add", What + " <direction> <key>=<value>...", "Add rules to network ACLs", AddAsync) { Count = (2, -1) },
        new("network acl rule remove", What + " <direction> <key>=<value>...", "Remove rules from network ACLs", RemoveAsync) { Flags = [new("--force", Help: "Remove all rules that match")], Count = (2, -1) },
    ];

    private static string Url(string name) => name.Length > 0 ? $"/1.0/network-acls/{Uri.EscapeDataString(name)}" : throw new ApiException(0, "Missing network ACL name");

    private static Target Find(Context context, Arguments arguments)
    {
        var (server, name) = context.Resolve(arguments.Rest[0]);
        return new(server, Url(name), Acl, [.. arguments.Rest.Skip(1)], "");
    }

    private static async Task<int> ListAsync(Context context, Arguments arguments)
    {
        var server = Remoting.ServerOf(context, arguments.At(0));
        var raw = await server.GetAsync("/1.0/network-acls" + Remoting.Query(("recursion", "1"), Remoting.AllProjects(arguments)), context.Cancel).ConfigureAwait(false);
        var columns = Columns.Parse(arguments.Get("--columns", (arguments.Has("--all-projects") ? "e" : "") + Columns.Usual));
        await Listing.WriteAsync(context, arguments, columns, Json.Parse<List<NetworkACL>>(raw), raw).ConfigureAwait(false);
        return 0;
    }

    private static async Task<int> CreateAsync(Context context, Arguments arguments)
    {
        var (server, name) = context.Resolve(arguments.Rest[0]);
        _ = Url(name);
        var body = Input.Yaml();
        body["name"] = name;
        Pairs.Apply(Target.Map(body, "config"), Pairs.Read([.. arguments.Rest.Skip(1)]));
        await server.RunAsync("POST", "/1.0/network-acls", body, null, context.Cancel).ConfigureAwait(false);
        await context.SayAsync($"Network ACL {name} created").ConfigureAwait(false);
        return 0;
    }

    private static async Task<int> LogAsync(Context context, Arguments arguments)
    {
        var (server, name) = context.Resolve(arguments.Rest[0]);
        await context.Out.WriteAsync((await server.GetAsync(Url(name) + "/log", context.Cancel).ConfigureAwait(false))?.ToString() ?? "").ConfigureAwait(false);
        return 0;
    }

    private static Task<int> AddAsync(Context context, Arguments arguments) => ChangeAsync(context, arguments, (rules, wanted) =>
    {
        var rule = new JsonObject(wanted.Select(p => KeyValuePair.Create(p.Key, (JsonNode?)p.Value.Trim())));
        if (!rule.ContainsKey("state"))
        {
            rule["state"] = "enabled";
        }

        rules.Add((JsonNode)rule);
    });

    private static Task<int> RemoveAsync(Context context, Arguments arguments) => ChangeAsync(context, arguments, (rules, wanted) =>
    {
        var matching = rules.Where(r => wanted.All(p => ((string?)r![p.Key] ?? "") == p.Value)).ToList();
        if (matching.Count == 0)
        {
            throw new ApiException(0, "No matching rule(s) found");
        }

        if (matching.Count > 1 && !arguments.Has("--force"))
        {
            throw new ApiException(0, "Multiple rules match. Use --force to remove them all");
        }

        foreach (var rule in matching)
        {
            rules.Remove(rule);
        }
    });

    private static async Task<int> ChangeAsync(Context context, Arguments arguments, Action<JsonArray, IReadOnlyDictionary<string, string>> change)
    {
        var direction = arguments.Rest[1];
        if (direction is not ("ingress" or "egress"))
        {
            throw new ApiException(0, "The direction argument must be one of: ingress, egress");
        }

        var wanted = new Dictionary<string, string>();
        foreach (var word in arguments.Rest.Skip(2))
        {
            var equals = word.IndexOf('=');
            var key = equals > 0 ? word[..equals] : throw new ApiException(0, $"Invalid key=value configuration: {word}");
            wanted[RuleKeys.Contains(key) ? key : throw new ApiException(0, $"Unknown key: {key}")] = word[(equals + 1)..];
        }

        var (server, name) = context.Resolve(arguments.Rest[0]);
        var answer = await server.SendAsync("GET", Url(name), (JsonNode?)null, context.Cancel).ConfigureAwait(false);
        var acl = (JsonObject)answer.Metadata!;
        var rules = (acl[direction]?.DeepClone() as JsonArray) ?? [];
        change(rules, wanted);
        var body = new JsonObject(Acl.Editable.Select(m => KeyValuePair.Create(m, acl[m]?.DeepClone()))) { [direction] = rules };
        await server.SendAsync("PUT", Url(name), body, context.Cancel, answer.Etag).ConfigureAwait(false);
        return 0;
    }
}
