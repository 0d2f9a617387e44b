using System.Text.Json.Nodes;
using Lxd.Core.Config;
using Lxd.Daemon.Http;

namespace Lxd.Daemon.Metadata;

/// <summary>The reference of configuration keys and entitlements as one document: <c>configs</c> → entity → group → <c>keys</c>, and <c>entities</c>.</summary>
internal static class ConfigReference
{
    public static JsonObject Build()
    {
        var configs = new JsonObject();
        foreach (var schema in ConfigTables.All)
        {
            if (configs[schema.Entity] is not JsonObject groups)
            {
                configs[schema.Entity] = groups = [];
            }

            foreach (var group in schema.Keys.GroupBy(k => k.Group ?? schema.Group).OrderBy(g => g.Key, StringComparer.Ordinal))
            {
                groups[group.Key] = new JsonObject
                {
                    ["keys"] = new JsonArray([.. group.OrderBy(k => k.Name, StringComparer.Ordinal).Select(k => (JsonNode)new JsonObject { [ShownName(k)] = Describe(k, schema) })]),
                };
            }
        }

        var entities = new JsonObject();
        foreach (var (entity, inProject, names) in Entitlements.All)
        {
            entities[entity] = new JsonObject
            {
                ["project_specific"] = inProject,
                ["entitlements"] = new JsonArray([.. names.Select(n => (JsonNode)new JsonObject { ["name"] = n, ["description"] = EntitlementText.Of(entity, n) })]),
            };
        }

        return new JsonObject { ["configs"] = configs, ["entities"] = entities };
    }

    /// <summary>The key as the reference writes it: <c>tunnel.NAME.group</c>.</summary>
    public static string ShownName(ConfigKey key) => key.Name.Replace("*", key.Star, StringComparison.Ordinal);

    /// <summary>The first sentence of a help text, and the others.</summary>
    public static (string Short, string Long) Split(string help)
    {
        var end = help.IndexOf(". ", StringComparison.Ordinal);
        return end < 0 ? (help.TrimEnd('.'), "") : (help[..end], help[(end + 2)..]);
    }

    private static JsonObject Describe(ConfigKey key, ConfigSchema schema)
    {
        var (shortText, longText) = Split(key.Help);
        var result = new JsonObject();
        Add(result, "condition", key.Condition);
        Add(result, "defaultdesc", key.DefaultText.Length > 0 ? key.DefaultText : Literal(key.Default));
        Add(result, "initialvaluedesc", Literal(key.Initial));
        Add(result, "liveupdate", key.LiveUpdate);
        result["longdesc"] = longText;
        Add(result, "managed", key.Managed ?? schema.Managed);
        Add(result, "readonly", key.ReadOnly);
        Add(result, "required", key.Required ?? schema.Required);
        Add(result, "scope", key.Scope ?? schema.Scope);
        result["shortdesc"] = shortText;
        result["type"] = key.Type;
        return result;
    }

    private static string Literal(string value) => value.Length > 0 ? $"`{value}`" : "";

    private static void Add(JsonObject target, string name, string value)
    {
        if (value.Length > 0)
        {
            target[name] = value;
        }
    }
}
