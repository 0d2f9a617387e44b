using Lxd.Core.Config;
using Lxd.Daemon.Metadata;

namespace Lxd.Guard.Tests.Reference;

/// <summary><c>docs/reference/config</c>: a page for each kind of thing that is configured.</summary>
public sealed class ConfigPagesTests
{
    [Fact]
    public void TheyAreWhatTheTablesSay()
    {
        var entities = ConfigTables.All.GroupBy(s => s.Entity).ToList();
        var pages = entities.ToDictionary(e => e.Key + ".md", e => Entity(e.Key, e));
        pages["README.md"] = new Page("Configuration keys", "A page for each kind of thing. The same is served at `GET /1.0/metadata/configuration`.")
            .Table(["Of", "Keys"], entities.Select(e => new[] { $"[{e.Key}]({e.Key}.md)", e.Sum(s => s.Keys.Count()).ToString() }));
        Page.AssertWritten("config", pages);
    }

    private static Page Entity(string entity, IEnumerable<ConfigSchema> schemas)
    {
        var page = new Page($"Configuration of {entity}", "A `*` or a word in capitals in a name stands for a text of your own.");
        foreach (var group in schemas.SelectMany(s => s.Keys.Select(k => (Schema: s, Key: k))).GroupBy(k => k.Key.Group ?? k.Schema.Group))
        {
            page.Heading(group.Key);
            page.Table(["Key", "Type", "Default", "What it does", "Notes"], group.OrderBy(k => k.Key.Name, StringComparer.Ordinal).Select(k => new[]
            {
                $"`{ConfigReference.ShownName(k.Key)}`", k.Key.Type, Default(k.Key), k.Key.Help, Notes(k.Key, k.Schema),
            }));
        }

        return page;
    }

    private static string Default(ConfigKey key) => key.DefaultText.Length > 0 ? key.DefaultText : key.Default.Length > 0 ? $"`{key.Default}`" : "";

    private static string Notes(ConfigKey key, ConfigSchema schema) => string.Join("; ", new[]
    {
        key.Condition,
        Told("initial value", key.Initial),
        Told("required", key.Required ?? schema.Required, "no"),
        Told("live update", key.LiveUpdate),
        Told("set by the managed network", key.Managed ?? schema.Managed, "no"),
        key.ReadOnly == "yes" ? "only at creation" : "",
        (key.Scope ?? schema.Scope) == "local" ? "each member's own" : "",
    }.Where(n => n.Length > 0));

    private static string Told(string what, string value, string usual = "") => value.Length == 0 || value == usual ? "" : $"{what}: {value}";
}
