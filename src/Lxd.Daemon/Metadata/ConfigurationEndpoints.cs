using System.Text.Json.Nodes;
using Lxd.Core.Config;
using Lxd.Core.Config.Schemas;
using Lxd.Daemon.Http;

namespace Lxd.Daemon.Metadata;

/// <summary><c>/1.0/metadata/configuration</c>: the reference of configuration keys, made from the tables that check them.</summary>
internal sealed class ConfigurationEndpoints
{
    private static readonly Lazy<JsonObject> Reference = new(Build);

    private static IEnumerable<ConfigSchema> Schemas =>
    [
        DeviceKeys.Disk, DeviceKeys.GpuMdev, DeviceKeys.GpuMig, DeviceKeys.GpuPhysical, DeviceKeys.GpuSriov, DeviceKeys.Infiniband, DeviceKeys.NicBridged, DeviceKeys.NicIpvlan,
        DeviceKeys.NicMacvlan, DeviceKeys.NicOvn, DeviceKeys.NicP2p, DeviceKeys.NicPhysical, DeviceKeys.NicRouted, DeviceKeys.NicSriov, DeviceKeys.Pci, DeviceKeys.Proxy, DeviceKeys.Tpm,
        DeviceKeys.UnixBlock, DeviceKeys.UnixChar, DeviceKeys.UnixHotplug, DeviceKeys.UnixUsb, InstanceKeys.Schema, NetworkKeys.Bridge, NetworkKeys.Macvlan, NetworkKeys.Physical,
        NetworkKeys.Sriov, ProjectKeys.Schema, ServerKeys.Schema, StorageKeys.BtrfsPool, StorageKeys.BtrfsVolume, StorageKeys.DirPool, StorageKeys.DirVolume,
    ];

    public void Map(Router router) => router.Map("GET", "/1.0/metadata/configuration", Access.Anyone, (_, _) => Task.FromResult(Response.Sync(Reference.Value)));

    public static JsonObject Build()
    {
        var configs = new JsonObject();
        foreach (var schema in Schemas)
        {
            if (configs[schema.Entity] is not JsonObject groups)
            {
                configs[schema.Entity] = groups = [];
            }

            foreach (var key in schema.Keys.OrderBy(k => k.Name, StringComparer.Ordinal))
            {
                var group = key.Group.Length > 0 ? key.Group : "miscellaneous";
                if (groups[group] is not JsonObject)
                {
                    groups[group] = new JsonObject { ["keys"] = new JsonArray() };
                }

                ((JsonArray)groups[group]!["keys"]!).Add((JsonNode)new JsonObject { [key.Name] = Describe(key, schema.Entity) });
            }
        }

        var entities = new JsonObject();
        foreach (var (entity, inProject, names) in Entitlements.All)
        {
            entities[entity] = new JsonObject
            {
                ["project_specific"] = inProject,
                ["entitlements"] = new JsonArray([.. names.Select(n => (JsonNode)new JsonObject { ["name"] = n, ["description"] = Words(n) })]),
            };
        }

        return new JsonObject { ["configs"] = configs, ["entities"] = entities };
    }

    private static JsonObject Describe(ConfigKey key, string entity)
    {
        var result = new JsonObject();
        Add(result, "defaultdesc", key.Default.Length > 0 ? $"`{key.Default}`" : "");
        Add(result, "liveupdate", key.LiveUpdate);
        result["longdesc"] = "";
        Add(result, "scope", entity is "server" or "project" || entity.StartsWith("storage-", StringComparison.Ordinal) ? key.Scope : "");
        result["shortdesc"] = key.Help;
        result["type"] = key.Type;
        return result;
    }

    private static string Words(string entitlement) => entitlement.StartsWith("can_", StringComparison.Ordinal)
        ? $"May {entitlement["can_".Length..].Replace('_', ' ')}"
        : $"Acts as {entitlement.Replace('_', ' ')}";

    private static void Add(JsonObject target, string name, string value)
    {
        if (value.Length > 0)
        {
            target[name] = value;
        }
    }
}
