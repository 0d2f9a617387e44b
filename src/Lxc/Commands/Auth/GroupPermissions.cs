using System.Text.Json.Nodes;
using Lxc.Commands.Shared;
using Lxc.Framework;
using Lxd.Core;

namespace Lxc.Commands.Auth;

/// <summary><c>auth group permission</c>: what a group grants.</summary>
internal static class GroupPermissions
{
    private const string What = "[<remote>:]<group> <entity-type> [<entity-name>] <entitlement> [<key>=<value>...]";

    /// <summary>Where the things of a project stand; elsewhere <c>project=</c> says nothing.</summary>
    private static readonly Dictionary<string, string> InProjects = new()
    {
        ["image"] = "images", ["image_alias"] = "images/aliases", ["instance"] = "instances", ["network"] = "networks", ["network_acl"] = "network-acls", ["network_zone"] = "network-zones",
        ["placement_group"] = "placement-groups", ["profile"] = "profiles", ["replicator"] = "replicators",
    };

    private static readonly Dictionary<string, string> OnServer = new()
    {
        ["certificate"] = "certificates", ["cluster_link"] = "cluster/links", ["group"] = "auth/groups", ["identity_provider_group"] = "auth/identity-provider-groups", ["project"] = "projects", ["storage_pool"] = "storage-pools",
    };

    public static IEnumerable<string> EntityTypes => [.. InProjects.Keys, .. OnServer.Keys, "identity", "server", "storage_bucket", "storage_volume"];

    public static IEnumerable<Command> Make() =>
    [
        new("auth group permission add", What, "Grant permissions to groups", (c, a) => ChangeAsync(c, a, true))
        {
            Count = (3, -1), Hints = [Hint.AuthGroup, Hint.EntityType, Hint.None],
            Examples = "lxc auth group permission add g1 server viewer\n    Everybody in g1 sees everything.\n\nlxc auth group permission add g1 instance c1 can_exec project=default\n    They run commands in c1 of the default project.\n\nlxc auth group permission add g1 storage_volume v1 can_view project=default pool=local type=custom\n    They see a volume.",
        },
        new("auth group permission remove", What, "Take permissions from groups", (c, a) => ChangeAsync(c, a, false)) { Aliases = ["rm"], Count = (3, -1), Hints = [Hint.AuthGroup, Hint.EntityType, Hint.None] },
    ];

    private static async Task<int> ChangeAsync(Context context, Arguments arguments, bool add)
    {
        var target = GroupCommands.Find(context, arguments);
        var permission = Read(target.Rest);
        await target.ChangeAsync(group =>
        {
            var permissions = new JsonArray([.. (group["permissions"] as JsonArray ?? []).Select(p => p?.DeepClone())]);
            var found = permissions.FirstOrDefault(p => Same(p, permission));
            if (add && found is not null)
            {
                throw new ApiException(0, "Group already has this permission");
            }

            if (add)
            {
                permissions.Add((JsonNode)permission);
            }
            else if (found is null || !permissions.Remove(found))
            {
                throw new ApiException(0, "Group does not have this permission");
            }

            group["permissions"] = permissions;
        }, context.Cancel).ConfigureAwait(false);
        return 0;
    }

    private static bool Same(JsonNode? a, JsonNode b) => Plain(a?["url"]) == Plain(b["url"]) && (string?)a?["entitlement"] == (string?)b["entitlement"] && (string?)a?["entity_type"] == (string?)b["entity_type"];

    /// <summary>Which letters of an address have to be escaped is no part of what it names.</summary>
    private static string Plain(JsonNode? url) => Uri.UnescapeDataString((string?)url ?? "");

    public static JsonObject Read(List<string> words)
    {
        var type = words[0];
        if (type == "server")
        {
            return words.Count == 2 ? Permission(type, "/1.0", words[1]) : throw new UsageException("The server has no name and takes no keys: give the entitlement only");
        }

        if (words.Count < 3)
        {
            throw new UsageException($"Entities of type \"{type}\" are given by their name, which the entitlement follows");
        }

        var keys = words.Count > 3 ? Pairs.Read([.. words.Skip(3)]) : [];
        return Permission(type, Url(type, words[1], keys), words[2]);
    }

    private static JsonObject Permission(string type, string url, string entitlement) => new() { ["entity_type"] = type, ["url"] = url, ["entitlement"] = entitlement };

    private static string Url(string type, string name, Dictionary<string, string> keys)
    {
        string Key(string key) => keys.GetValueOrDefault(key) is { Length: > 0 } value ? value : throw new ApiException(0, $"Entities of type \"{type}\" require a supplementary argument {key}=<{key}>");
        if (OnServer.TryGetValue(type, out var place))
        {
            return $"/1.0/{place}/{Escape(name)}";
        }

        if (InProjects.TryGetValue(type, out place))
        {
            return $"/1.0/{place}/{Escape(name)}?project={Escape(Key("project"))}";
        }

        return type switch
        {
            "identity" => IdentityCommands.Url(name),
            "storage_bucket" => $"/1.0/storage-pools/{Escape(Key("pool"))}/buckets/{Escape(name)}?project={Escape(Key("project"))}{Location(keys)}",
            "storage_volume" => $"/1.0/storage-pools/{Escape(Key("pool"))}/volumes/{Escape(Key("type"))}/{Escape(name)}?project={Escape(Key("project"))}{Location(keys)}",
            _ => throw new ApiException(0, $"No permissions can be granted on entities of type \"{type}\""),
        };
    }

    private static string Location(Dictionary<string, string> keys) => keys.GetValueOrDefault("location") is { Length: > 0 } member ? $"&target={Escape(member)}" : "";

    private static string Escape(string text) => Uri.EscapeDataString(text);
}
