namespace Lxd.Core.Config;

/// <summary>The table of keys of one kind of thing (server, instance, disk device, ...).</summary>
public sealed class ConfigSchema
{
    private readonly Dictionary<string, ConfigKey> _exact = [];
    private readonly List<ConfigKey> _patterns = [];

    public ConfigSchema(string entity, params IEnumerable<ConfigKey> keys)
    {
        Entity = entity;
        foreach (var key in keys)
        {
            if (key.IsPattern)
            {
                _patterns.Add(key);
            }
            else
            {
                _exact.Add(key.Name, key);
            }
        }
    }

    /// <summary>The entity as the reference names it: <c>instance</c>, <c>server</c>, <c>device-disk</c>, ...</summary>
    public string Entity { get; }

    /// <summary>What the reference says of a key that does not say it itself.</summary>
    public string Group { get; init; } = "miscellaneous";

    public string Scope { get; init; } = "";

    public string Required { get; init; } = "";

    public string Managed { get; init; } = "";

    public IEnumerable<ConfigKey> Keys => _exact.Values.Concat(_patterns);

    public ConfigKey? Find(string key) => _exact.GetValueOrDefault(key) ?? _patterns.Find(p => p.Matches(key));

    /// <summary>Keys that stand together in the reference.</summary>
    public static IEnumerable<ConfigKey> InGroup(string group, params IEnumerable<ConfigKey> keys) => keys.Select(k => k with { Group = group });

    /// <summary>Throws a bad request for the first unknown key or bad value.</summary>
    /// <param name="unknown">The words before an unknown key's name.</param>
    /// <param name="wrong">The words for a bad value of a key and the reason.</param>
    public void Validate(IReadOnlyDictionary<string, string> config, string unknown = "Unknown configuration key", Func<string, string, string, string>? wrong = null)
    {
        foreach (var (name, value) in config)
        {
            var key = Find(name) ?? throw ApiException.BadRequest($"{unknown}: {name}");
            if (value.Length == 0 || key.Check is null)
            {
                continue;
            }

            try
            {
                key.Check(value);
            }
            catch (ApiException e)
            {
                throw ApiException.BadRequest(wrong?.Invoke(name, value, e.Message) ?? $"Invalid value for config key \"{name}\": {e.Message}", e);
            }
        }
    }

    /// <summary>The value, or the key's default where it is unset or empty.</summary>
    public string Get(IReadOnlyDictionary<string, string> config, string name) =>
        config.TryGetValue(name, out var value) && value.Length > 0 ? value : Find(name)?.Default ?? "";
}
