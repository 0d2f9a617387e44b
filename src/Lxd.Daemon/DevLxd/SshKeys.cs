using System.Text.Json.Nodes;
using Lxd.Core;

namespace Lxd.Daemon.DevLxd;

/// <summary><c>cloud-init.ssh-keys.*</c>: keys of users (<c>root:gh:somebody</c>, <c>root:ssh-ed25519 AAAA...</c>) that come with what the guest's cloud-init reads.</summary>
internal static class SshKeys
{
    public const string VendorData = "cloud-init.vendor-data";
    private const string Prefix = "cloud-init.ssh-keys.";
    private const string Header = "#cloud-config";

    /// <summary>What the guest gets for a key of the configuration; null for nothing. Data in another form than cloud-config stays as it is.</summary>
    public static string? Read(IReadOnlyDictionary<string, string> config, string key)
    {
        var text = config.GetValueOrDefault(key);
        if (key is not (VendorData or "cloud-init.user-data" or "user.vendor-data" or "user.user-data"))
        {
            return text;
        }

        var keys = config.Where(c => c.Key.StartsWith(Prefix, StringComparison.Ordinal)).OrderBy(c => c.Key, StringComparer.Ordinal).Select(c => c.Value.Split(':', 2)).Where(p => p.Length == 2 && p[1].Length > 0).Select(p => (User: p[0], Key: p[1].Trim())).ToList();

        // One of the two is enough for a key to arrive; the vendor's is the one that nobody has to write himself.
        return keys.Count == 0 || text is null && key != VendorData ? text : Merge(text ?? Header, keys);
    }

    private static string Merge(string text, List<(string User, string Key)> keys)
    {
        var head = string.Concat(text.Split('\n').TakeWhile(l => l.StartsWith('#')).Select(l => l + "\n"));
        if (!head.Split('\n').Contains(Header) || Parse(text) is not { } data || (data["users"] ?? new JsonArray()) is not JsonArray given)
        {
            return text;
        }

        var users = (JsonArray)given.DeepClone();
        foreach (var ((user, _), index) in keys.Select((k, i) => (k, i)))
        {
            Add(users, user, keys[index].Key.Contains(' ') ? "authorized{0}keys" : "import{0}id", Place(index));
        }

        data["users"] = new JsonArray([.. users.Select(u => u is JsonObject one ? Sorted(one) : u?.DeepClone())]);
        var body = Yaml.Format((JsonNode)Sorted(data));
        for (var i = keys.Count - 1; i >= 0; i--)
        {
            // The remark tells those who look where the key comes from; quotes only for what YAML would read otherwise.
            var plain = !keys[i].Key.Contains(": ", StringComparison.Ordinal) && !keys[i].Key.Contains(" #", StringComparison.Ordinal);
            body = body.Replace(Place(i), (plain ? keys[i].Key : Json.Text(JsonValue.Create(keys[i].Key) as JsonNode)) + " #lxd:cloud-init.ssh-keys", StringComparison.Ordinal);
        }

        return head + body;
    }

    /// <summary>Both spellings of the member: which one counts depends on the version of cloud-init.</summary>
    private static void Add(JsonArray users, string user, string member, string key)
    {
        var entry = users.OfType<JsonObject>().FirstOrDefault(u => (u["name"] as JsonValue)?.ToString() == user);
        if (entry is null)
        {
            users.Add((JsonNode)(entry = new JsonObject { ["name"] = user }));
        }

        foreach (var separator in (string[])["-", "_"])
        {
            var name = "ssh" + separator + member.Replace("{0}", separator, StringComparison.Ordinal);
            entry[name] = new JsonArray([.. entry[name] switch { JsonArray list => list.Select(i => i?.DeepClone()), JsonValue one => [one.DeepClone()], _ => (IEnumerable<JsonNode?>)[] }, JsonValue.Create(key)]);
        }
    }

    private static JsonObject? Parse(string text)
    {
        try
        {
            return Yaml.Parse(text) is { } node ? node as JsonObject : [];
        }
        catch (ApiException)
        {
            return null;
        }
    }

    private static string Place(int index) => $"lxd-ssh-key-{index}-here";

    private static JsonObject Sorted(JsonObject map) => new(map.OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => KeyValuePair.Create(p.Key, p.Value?.DeepClone())));
}
