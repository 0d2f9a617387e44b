using System.Text;

namespace Lxc.Framework;

/// <summary>Help texts, made from the commands themselves.</summary>
internal static class Help
{
    public static string Of(Command command)
    {
        var text = new StringBuilder("Description:\n").Append(Indent(command.Short + (command.Long.Length > 0 ? "\n\n" + command.Long : "")));
        text.Append($"\nUsage:\n  lxc {command.Path}{(command.Usage.Length > 0 ? " " + command.Usage : "")}{(command.Flags.Count > 0 && !command.Usage.Contains("[flags]", StringComparison.Ordinal) ? " [flags]" : "")}\n");
        if (command.Aliases.Count > 0)
        {
            text.Append($"\nAliases:\n  {string.Join(", ", command.Aliases.Prepend(command.Name))}\n");
        }

        if (command.Examples.Length > 0)
        {
            text.Append("\nExamples:\n").Append(Indent(command.Examples));
        }

        if (command.Flags.Count > 0)
        {
            text.Append("\nFlags:\n").Append(Lines(command.Flags));
        }

        var own = command.Flags.Select(f => f.Long).ToHashSet();
        return text.Append("\nGlobal Flags:\n").Append(Lines([.. CommandLine.Global.Where(g => !own.Contains(g.Long))])).ToString();
    }

    /// <param name="everything">With what stands below, to any depth.</param>
    public static string Of(Group group, bool everything)
    {
        var text = new StringBuilder($"Description:\n  {group.Short}\n\nUsage:\n  lxc {group.Path} [flags]\n  lxc {group.Path} [command]\n");
        if (group.Aliases.Length > 0)
        {
            text.Append($"\nAliases:\n  {string.Join(", ", group.Aliases.Prepend(group.Name))}\n");
        }

        return text.Append("\nAvailable Commands:\n").Append(Tree(group.Path, Registry.For(group.Path.Split(' ')[0]), everything, true))
            .Append("\nGlobal Flags:\n").Append(Lines(CommandLine.Global)).Append($"\nUse \"lxc {group.Path} [command] --help\" for more information about a command.\n").ToString();
    }

    /// <param name="rare">With the less common commands.</param>
    public static string Root(bool everything, bool rare) =>
        "Description:\n  Command line client for LXD\n\n  Instances, images, networks and storage of a server are managed through the commands below.\n\nUsage:\n  lxc [command]\n\nAvailable Commands:\n"
        + Tree("", [.. Registry.All], everything, rare)
        + $"\nFlags:\n{Lines([CommandLine.ShowAll, .. CommandLine.Global])}\nUse \"lxc [command] --help\" for more information about a command.\n";

    private static string Tree(string prefix, IReadOnlyList<Command> commands, bool everything, bool rare, int depth = 0)
    {
        var start = prefix.Length == 0 ? "" : prefix + " ";
        var below = commands.Where(c => c.Path.StartsWith(start, StringComparison.Ordinal) && c.Rarity != Rarity.Hidden && (rare || c.Rarity == Rarity.Common)).ToList();
        var rows = below.GroupBy(c => c.Path[start.Length..].Split(' ')[0]).OrderBy(g => g.Key, StringComparer.Ordinal).ToList();
        var width = rows.Count == 0 ? 0 : rows.Max(r => r.Key.Length);
        var text = new StringBuilder();
        foreach (var row in rows)
        {
            var path = start + row.Key;
            var leaf = row.FirstOrDefault(c => c.Path == path);
            text.Append(' ', 2 + depth * 2).Append(row.Key.PadRight(width + 2)).Append(leaf?.Short ?? Registry.Groups.FirstOrDefault(g => g.Path == path)?.Short).Append('\n');
            if (everything && leaf is null)
            {
                text.Append(Tree(path, commands, true, true, depth + 1));
            }
        }

        return text.ToString();
    }

    private static string Lines(IReadOnlyList<Flag> flags)
    {
        var rows = flags.OrderBy(f => f.Long, StringComparer.Ordinal).Select(f => (Left: $"  {(f.Short.Length > 0 ? f.Short + ", " : "    ")}{f.Long}{(f.Alone.Length > 0 ? $"[=\"{f.Alone}\"]" : "")}{(f.Value.Length > 0 ? " " + f.Value : "")}", Right: f.Help + (f.Default.Length > 0 ? $" (default \"{f.Default}\")" : ""))).ToList();
        var width = rows.Max(r => r.Left.Length) + 3;
        return string.Concat(rows.Select(r => r.Left.PadRight(width) + r.Right + "\n"));
    }

    private static string Indent(string text) => string.Concat(text.Trim('\n').Split('\n').Select(l => l.Length > 0 ? $"  {l}\n" : "\n"));
}
