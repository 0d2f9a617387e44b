using System.Text.Json.Nodes;
using Lxc.Framework;
using Lxc.Output;
using Lxc.Terminal;
using Lxd.Core;

namespace Lxc.Commands.Aliases;

/// <summary><c>alias</c>.</summary>
internal static class AliasCommands
{
    private static readonly Columns<KeyValuePair<string, string>> Columns = new("at", new('a', "ALIAS", a => a.Key), new('t', "TARGET", a => a.Value));

    public static IEnumerable<Command> All() =>
    [
        new("alias add", "<alias> <target>", "Add command aliases", (c, a) => Change(c, aliases => aliases[a.Rest[0]] = aliases.ContainsKey(a.Rest[0]) ? throw new ApiException(0, $"Alias {a.Rest[0]} already exists") : a.Rest[1]))
        {
            Count = (2, 2), Hints = [Hint.None], Long = "@ARGS@ in the target stands for all arguments of a call, @ARG1@ for the first, and so on; without them arguments are added at the end.",
            Examples = "lxc alias add list \"list -c ns46S\"\n    list shows these columns.\n\nlxc alias add login \"exec @ARGS@ -- su -l\"\n    lxc login NAME opens a shell.",
        },
        new("alias remove", "<alias>", "Remove command aliases", (c, a) => Change(c, aliases => _ = aliases.Remove(a.Rest[0]) ? true : throw Missing(a.Rest[0]))) { Aliases = ["rm"], Count = (1, 1), Hints = [Hint.Alias] },
        new("alias rename", "<old alias> <new alias>", "Rename command aliases", (c, a) => Change(c, aliases =>
        {
            var target = aliases.GetValueOrDefault(a.Rest[0]) ?? throw Missing(a.Rest[0]);
            aliases[a.Rest[1]] = aliases.ContainsKey(a.Rest[1]) ? throw new ApiException(0, $"Alias {a.Rest[1]} already exists") : target;
            aliases.Remove(a.Rest[0]);
        }))
        { Aliases = ["mv"], Count = (2, 2), Hints = [Hint.Alias, Hint.None] },
        new("alias list", "", "List command aliases", (c, a) => Listing.WriteAsync(c, a, Columns, c.Config.Aliases, Node(c))) { Aliases = ["ls"], Flags = [Flags.Format, Flags.Columns(Columns.Usual)], Count = (0, 0) },
        new("alias show", "", "Show command aliases as YAML", async (c, _) =>
        {
            await c.Out.WriteAsync(Yaml.Format((JsonNode)Node(c))).ConfigureAwait(false);
            return 0;
        })
        { Count = (0, 0) },
        new("alias edit", "", "Edit all command aliases as YAML", EditAsync) { Count = (0, 0), Examples = "lxc alias edit < aliases.yaml\n    The aliases are those of aliases.yaml." },
    ];

    private static ApiException Missing(string name) => new(0, $"Alias {name} does not exist");

    private static JsonObject Node(Context context) => new(context.Config.Aliases.Select(a => KeyValuePair.Create(a.Key, (JsonNode?)JsonValue.Create(a.Value))));

    private static Task<int> Change(Context context, Action<SortedDictionary<string, string>> change)
    {
        change(context.Config.Aliases);
        context.Config.Save();
        return Task.FromResult(0);
    }

    private static async Task<int> EditAsync(Context context, Arguments arguments)
    {
        var text = "### Aliases and what they stand for, one a line; lines that begin with # are left out:\n### my-list: list -c ns46S\n\n" + Yaml.Format((JsonNode)Node(context));
        await Editor.EditAsync(text, (edited, _) =>
        {
            var wanted = Input.ParseYaml(edited);
            if (wanted is not JsonObject { Count: > 0 } map)
            {
                throw new ApiException(0, wanted is null or JsonObject ? "No aliases found in input." : "yaml: the aliases are no map");
            }

            context.Config.Aliases.Clear();
            foreach (var (name, target) in map)
            {
                context.Config.Aliases[name] = target is JsonValue ? target.ToString() : throw new ApiException(0, $"yaml: alias {name} stands for no text");
            }

            context.Config.Save();
            return Task.CompletedTask;
        }, context.Cancel).ConfigureAwait(false);
        return 0;
    }
}
