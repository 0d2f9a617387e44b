using System.Text.Json.Nodes;
using Lxc.Framework;
using Lxc.Terminal;
using Lxd.Core;

namespace Lxc.Commands.Shared;

/// <summary>The commands that all things with a configuration share: get, set, unset, show, edit.</summary>
internal static class EntityCommands
{
    /// <param name="prefix"><c>storage volume</c>.</param>
    /// <param name="what">How the help names the thing: <c>[&lt;remote&gt;:]&lt;profile&gt;</c>.</param>
    /// <param name="words">How many arguments name it.</param>
    /// <param name="hints">What those arguments may be.</param>
    /// <param name="own">Flags that all five have besides.</param>
    public static IEnumerable<Command> Make(string prefix, string what, int words, Func<Context, Arguments, Target> find, Hint[] hints, params Flag[] own)
    {
        var noun = prefix.Split(' ')[^1] is "storage" ? "storage pool" : prefix;
        yield return new Command($"{prefix} get", $"{what} <key>", $"Get values of {noun} configuration keys", (c, a) => GetAsync(c, a, find(c, a)))
        {
            Flags = [Flags.Property, .. own], Count = (words + 1, words + 1), Hints = [.. hints, Hint.Key],
        };
        yield return new Command($"{prefix} set", $"{what} <key>=<value>...", $"Set {noun} configuration keys", async (c, a) =>
        {
            var target = find(c, a);
            await SetAsync(target, Pairs.Read(target.Rest), a.Has("--property"), c.Cancel).ConfigureAwait(false);
            return 0;
        })
        { Flags = [Flags.Property, .. own], Count = (words + 1, -1), Long = $"A single key may also be set the older way:\n    lxc {prefix} set {what} <key> <value>", Hints = [.. hints, Hint.KeyValue] };
        yield return new Command($"{prefix} unset", $"{what} <key>", $"Unset {noun} configuration keys", async (c, a) =>
        {
            var target = find(c, a);
            await SetAsync(target, target.Rest.ToDictionary(k => k, _ => ""), a.Has("--property"), c.Cancel).ConfigureAwait(false);
            return 0;
        })
        { Flags = [Flags.Property, .. own], Count = (words + 1, words + 1), Hints = [.. hints, Hint.SetKey] };
        yield return new Command($"{prefix} show", what, $"Show {noun} configurations", (c, a) => ShowAsync(c, find(c, a))) { Flags = own, Count = (words, words), Hints = hints };
        yield return new Command($"{prefix} edit", what, $"Edit {noun} configurations as YAML", (c, a) => EditAsync(c, find(c, a))) { Flags = own, Count = (words, words), Hints = hints, Examples = $"lxc {prefix} edit {what} < FILE.yaml\n    Take the configuration from FILE.yaml." };
    }

    /// <summary>The action of a <c>delete</c> of what its first argument names.</summary>
    /// <param name="kind">What to call it when it is gone: <c>Profile</c>.</param>
    public static Func<Context, Arguments, Task<int>> Delete(string kind, Func<Context, Arguments, Target> find) => async (context, arguments) =>
    {
        var target = find(context, arguments);
        await target.Server.RunAsync("DELETE", target.Url, (JsonNode?)null, null, context.Cancel).ConfigureAwait(false);
        await context.SayAsync($"{kind} {context.Resolve(arguments.Rest[0]).Name} deleted").ConfigureAwait(false);
        return 0;
    };

    /// <summary>The action of a <c>rename</c> of what its first argument names; the second is the new name.</summary>
    public static Func<Context, Arguments, Task<int>> Rename(string kind, Func<Context, Arguments, Target> find) => async (context, arguments) =>
    {
        var target = find(context, arguments);
        await target.Server.RunAsync("POST", target.Url, new JsonObject { ["name"] = arguments.Rest[1] }, null, context.Cancel).ConfigureAwait(false);
        await context.SayAsync($"{kind} {context.Resolve(arguments.Rest[0]).Name} renamed to {arguments.Rest[1]}").ConfigureAwait(false);
        return 0;
    };

    public static async Task<int> GetAsync(Context context, Arguments arguments, Target target)
    {
        var key = target.Rest[0];
        var (thing, _) = await target.GetAsync(context.Cancel).ConfigureAwait(false);
        var value = arguments.Has("--property") ? Properties.Show(thing, key) : thing[arguments.Has("--expanded") ? "expanded_config" : "config"]?[key]?.ToString() ?? "";
        await context.Out.WriteLineAsync(value).ConfigureAwait(false);
        return 0;
    }

    public static Task SetAsync(Target target, Dictionary<string, string> values, bool property, CancellationToken ct)
    {
        if (!property && !target.Shape.HasConfig)
        {
            throw new ApiException(0, "Snapshots have no configuration keys that can be set");
        }

        return target.ChangeAsync(thing =>
        {
            if (!property)
            {
                Pairs.Apply(Target.Map(thing, "config"), values);
                return;
            }

            foreach (var (key, value) in values)
            {
                Properties.Set(thing, key, value, target.Shape);
            }
        }, ct);
    }

    public static async Task<int> ShowAsync(Context context, Target target, bool expanded = false)
    {
        var (thing, _) = await target.GetAsync(context.Cancel).ConfigureAwait(false);
        if (expanded && thing.ContainsKey("expanded_config"))
        {
            thing["config"] = thing["expanded_config"]?.DeepClone();
            thing["devices"] = thing["expanded_devices"]?.DeepClone();
        }

        await context.Out.WriteAsync(Text(thing, target.Shape)).ConfigureAwait(false);
        return 0;
    }

    public static async Task<int> EditAsync(Context context, Target target)
    {
        var (thing, etag) = await target.GetAsync(context.Cancel).ConfigureAwait(false);
        var shown = Shown(thing, new Shape([], [.. target.Shape.Shown.Contains("name") ? [] : (string[])["name"], .. target.Shape.Shown.Where(s => !s.StartsWith("expanded_", StringComparison.Ordinal))]));
        var text = $"### This is the configuration as YAML. Lines that begin with # are left out.\n### Only {string.Join(", ", target.Shape.Editable)} can be changed.\n\n{Yaml.Format((JsonNode)shown)}";
        await Editor.EditAsync(text, async (edited, fresh) =>
        {
            var wanted = Input.ParseYaml(edited) as JsonObject ?? throw new ApiException(0, "The text is no YAML map");
            if (wanted.TryGetPropertyValue("expires_at", out var expiry) && expiry is null)
            {
                wanted["expires_at"] = GoTime.Format(default);
            }

            // What is piped replaces whatever there is; what was edited only the state it was made of.
            await target.PutAsync(wanted, fresh ? "" : etag, context.Cancel).ConfigureAwait(false);
        }, context.Cancel).ConfigureAwait(false);
        return 0;
    }

    public static string Text(JsonObject thing, Shape shape) => Yaml.Format((JsonNode)Shown(thing, shape));

    private static JsonObject Shown(JsonObject thing, Shape shape)
    {
        var shown = new JsonObject();
        foreach (var key in shape.Shown.Where(thing.ContainsKey))
        {
            shown[key] = thing[key] is null && key is not "created_at" ? (key is "config" or "devices" ? new JsonObject() : new JsonArray()) : Sorted(thing[key]);
        }

        return shown;
    }

    /// <summary>Maps in the order of their keys, as deep as they go.</summary>
    public static JsonNode? Sorted(JsonNode? node) => node is JsonObject map ? new JsonObject(map.OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => KeyValuePair.Create(p.Key, Sorted(p.Value)))) : node?.DeepClone();
}
