using System.Text.Json.Nodes;

namespace Lxc.Completion;

/// <summary>A server's own reference of configuration keys, <c>/1.0/metadata/configuration</c>.</summary>
internal sealed class KeyReference(JsonObject configs)
{
    private static readonly string[] Everywhere = ["", "If supported by image"];

    /// <summary>The keys of an instance that mean something to its type; of a profile (no type) those of both.</summary>
    public IEnumerable<string> OfInstance(string type)
    {
        string[] conditions = type switch
        {
            "container" => [.. Everywhere, "container", "unprivileged container"],
            "virtual-machine" => [.. Everywhere, "virtual machine"],
            _ => [.. Everywhere, "container", "unprivileged container", "virtual machine"],
        };
        return Of("instance", "", conditions).Where(IsForUsers);
    }

    /// <param name="entity"><c>server</c>, <c>device-disk</c>, <c>storage-dir</c>.</param>
    /// <param name="group">One group of them, <c>volume-conf</c>; all where empty.</param>
    /// <param name="conditions">Only keys that have one of these; any where empty.</param>
    public IEnumerable<string> Of(string entity, string group = "", params string[] conditions) =>
        (configs[entity] as JsonObject ?? []).Where(g => group.Length == 0 || g.Key == group)
            .SelectMany(g => g.Value?["keys"] as JsonArray ?? []).SelectMany(k => k as JsonObject ?? [])
            .Where(k => conditions.Length == 0 || conditions.Contains(k.Value?["condition"]?.ToString() ?? "")).Select(k => k.Key);

    /// <summary>The kinds of a device that has several, as <c>nictype</c> and <c>gputype</c> name them.</summary>
    public IEnumerable<string> Variants(string device) =>
        configs.Select(e => e.Key).Where(e => e.StartsWith($"device-{device}-", StringComparison.Ordinal)).Select(e => e[$"device-{device}-".Length..]);

    /// <summary>Whether a user sets such a key: what the server notes for itself and the properties of the image are not offered.</summary>
    public static bool IsForUsers(string key) => !key.StartsWith("volatile.", StringComparison.Ordinal) && !key.StartsWith("image.", StringComparison.Ordinal);

    /// <summary>What the word may become by one more part of a key: <c>limits.</c> before <c>limits.cpu</c>, and after it <c>limits.cpu.</c> and <c>limits.cpu</c> with its end.</summary>
    /// <param name="end">What follows a whole key: <c>=</c> or nothing.</param>
    public static IEnumerable<string> Steps(IEnumerable<string> keys, string word, string end)
    {
        var known = word[..(word.LastIndexOf('.') + 1)];
        foreach (var key in keys.Where(k => k.StartsWith(known, StringComparison.Ordinal)))
        {
            var dot = key.IndexOf('.', known.Length);
            if (dot >= 0)
            {
                yield return key[..(dot + 1)];
            }
            else if (!key.EndsWith('*'))
            {
                yield return key + end;
            }
        }
    }
}
