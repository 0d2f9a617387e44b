using System.Globalization;
using System.Text.Json.Nodes;
using Lxc.Framework;
using Lxc.Terminal;
using Lxd.Client;
using Lxd.Core;

namespace Lxc.Commands;

/// <summary>The commands that all things with a configuration share: get, set, unset, show, edit.</summary>
internal static class EntityCommands
{
    /// <summary>Where a thing is and what is left of the arguments.</summary>
    internal sealed record Target(LxdConnection Server, string Url, List<string> Rest);

    /// <param name="prefix"><c>profile</c>.</param>
    /// <param name="what">How the help names the thing: <c>[&lt;remote&gt;:]&lt;profile&gt;</c>.</param>
    /// <param name="editable">The members that PUT takes, in the order they are shown.</param>
    public static IEnumerable<Command> Make(string prefix, string what, Func<Context, List<string>, Target> find, string[] editable)
    {
        Flag property = new("--property", "-p", Help: "A property of the thing instead of a key");
        yield return new Command($"{prefix} get", $"{what} <key>", "Get values of configuration keys", async (c, a) =>
        {
            var target = find(c, a.Rest);
            var key = target.Rest.Count == 1 ? target.Rest[0] : throw new UsageException("Invalid number of arguments");
            var thing = await target.Server.GetAsync(target.Url, c.Cancel).ConfigureAwait(false);
            var value = a.Has("--property") ? thing?[key.Replace('-', '_')] : thing?["config"]?[key];
            await c.Out.WriteLineAsync(value is JsonArray or JsonObject ? Yaml.Format(value).TrimEnd() : a.Has("--property") ? Property(key, value) : value?.ToString() ?? "").ConfigureAwait(false);
            return 0;
        })
        { Flags = [property, new("--expanded", "-e", Help: "With what profiles give")], Count = (1, 3) };
        yield return new Command($"{prefix} set", $"{what} <key>=<value>...", "Set configuration keys", async (c, a) =>
        {
            var target = find(c, a.Rest);
            await ChangeAsync(target, Pairs(target.Rest), a.Has("--property"), c.Cancel).ConfigureAwait(false);
            return 0;
        })
        { Flags = [property], Count = (1, -1) };
        yield return new Command($"{prefix} unset", $"{what} <key>", "Unset configuration keys", async (c, a) =>
        {
            var target = find(c, a.Rest);
            await ChangeAsync(target, target.Rest.ToDictionary(k => k, _ => ""), a.Has("--property"), c.Cancel).ConfigureAwait(false);
            return 0;
        })
        { Flags = [property], Count = (1, 3) };
        yield return new Command($"{prefix} show", what, "Show configuration", async (c, a) =>
        {
            var target = find(c, a.Rest);
            var thing = (JsonObject)(await target.Server.GetAsync(target.Url, c.Cancel).ConfigureAwait(false))!;
            await c.Out.WriteAsync(Yaml.Format((JsonNode)Shown(thing, editable, a.Has("--expanded")))).ConfigureAwait(false);
            return 0;
        })
        { Flags = [new("--expanded", "-e", Help: "With what profiles give")], Count = (0, 3) };
        yield return new Command($"{prefix} edit", what, "Edit configuration as YAML", async (c, a) =>
        {
            var target = find(c, a.Rest);
            var members = target.Url.Contains("/snapshots/", StringComparison.Ordinal) ? [.. editable, "expires_at"] : editable;
            var answer = await target.Server.SendAsync("GET", target.Url, (JsonNode?)null, c.Cancel).ConfigureAwait(false);
            var text = "### Edit the configuration below; lines that begin with # are left out.\n" + Yaml.Format((JsonNode)Shown((JsonObject)answer.Metadata!, editable, false));
            await Editor.EditAsync(text, async edited =>
            {
                var wanted = Yaml.Parse(edited) as JsonObject ?? throw new ApiException(0, "The text is no YAML map");
                await PutAsync(target, new JsonObject(wanted.Where(m => members.Contains(m.Key)).Select(m => KeyValuePair.Create(m.Key, m.Value?.DeepClone()))), "", c.Cancel).ConfigureAwait(false);
            }, c.Cancel).ConfigureAwait(false);
            return 0;
        })
        { Count = (0, 3) };
    }

    /// <summary>A property as text; times read like <c>2026-01-31 12:00:00 +0000 UTC</c>.</summary>
    private static string Property(string key, JsonNode? value) =>
        key.EndsWith("_at", StringComparison.Ordinal) && DateTimeOffset.TryParse(value?.ToString(), CultureInfo.InvariantCulture, out var time)
            ? time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss.FFFFFFF", CultureInfo.InvariantCulture) + " +0000 UTC"
            : value?.ToString() ?? "";

    /// <summary><c>k=v k=v</c>, or the older <c>k v</c>; a value of <c>-</c> is read from standard input.</summary>
    public static Dictionary<string, string> Pairs(List<string> words)
    {
        if (words.Count == 2 && !words[0].Contains('='))
        {
            return new() { [words[0]] = words[1] == "-" ? Input.ReadPiped() : words[1] };
        }

        var pairs = new Dictionary<string, string>();
        foreach (var word in words)
        {
            var equals = word.IndexOf('=');
            pairs[equals > 0 ? word[..equals] : throw new ApiException(0, $"Invalid key=value configuration: {word}")] = word[(equals + 1)..] is "-" ? Input.ReadPiped() : word[(equals + 1)..];
        }

        return pairs.Count > 0 ? pairs : throw new UsageException("Invalid number of arguments");
    }

    /// <summary>Reads the thing, changes it, and puts it back only if nobody else changed it meanwhile.</summary>
    public static async Task ChangeAsync(Target target, Dictionary<string, string> values, bool property, CancellationToken ct)
    {
        var answer = await target.Server.SendAsync("GET", target.Url, (JsonNode?)null, ct).ConfigureAwait(false);
        var thing = (JsonObject)answer.Metadata!;
        if (property)
        {
            foreach (var (key, value) in values)
            {
                var old = thing[key.Replace('-', '_')];
                thing[key.Replace('-', '_')] = old is JsonValue flag && flag.TryGetValue<bool>(out _) ? value is "true" : value;
            }
        }
        else
        {
            var config = thing["config"] as JsonObject ?? [];
            foreach (var (key, value) in values)
            {
                if (value.Length == 0)
                {
                    config.Remove(key);
                }
                else
                {
                    config[key] = value;
                }
            }

            thing["config"] = config.DeepClone();
        }

        await PutAsync(target, thing, answer.Etag, ct).ConfigureAwait(false);
    }

    public static async Task PutAsync(Target target, JsonObject thing, string etag, CancellationToken ct)
    {
        var answer = await target.Server.SendAsync("PUT", target.Url, thing, ct, etag).ConfigureAwait(false);
        if (answer.Operation.Length > 0)
        {
            await target.Server.WaitAsync(answer, null, ct).ConfigureAwait(false);
        }
    }

    public static JsonObject Shown(JsonObject thing, string[] editable, bool expanded)
    {
        if (expanded)
        {
            thing["config"] = thing["expanded_config"]?.DeepClone();
            thing["devices"] = thing["expanded_devices"]?.DeepClone();
        }

        var shown = new JsonObject();
        foreach (var key in (string[])["name", "description", .. editable, "type", "managed", "status", "driver", "locations", "used_by", "created_at", "expires_at"])
        {
            if (thing.ContainsKey(key) && !shown.ContainsKey(key))
            {
                shown[key] = key is "config" or "devices" && thing[key] is JsonObject map ? new JsonObject(map.OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => KeyValuePair.Create(p.Key, p.Value?.DeepClone()))) : thing[key]?.DeepClone();
            }
        }

        return shown;
    }
}
