using System.Text;

namespace Lxc.Framework;

/// <summary>Help texts, made from the commands themselves.</summary>
internal static class Help
{
    public static string Of(Command command)
    {
        var text = new StringBuilder($"Description:\n  {command.Short}\n\nUsage:\n  lxc {command.Path}{(command.Usage.Length > 0 ? " " + command.Usage : "")}{(command.Flags.Count > 0 ? " [flags]" : "")}\n");
        if (command.Aliases.Count > 0)
        {
            text.Append($"\nAliases:\n  {string.Join(", ", command.Aliases.Prepend(command.Name))}\n");
        }

        if (command.Flags.Count > 0)
        {
            text.Append("\nFlags:\n").Append(Lines(command.Flags));
        }

        return text.Append("\nGlobal Flags:\n").Append(Lines(CommandLine.Global)).ToString();
    }

    public static string Group(string prefix, IReadOnlyList<Command> members)
    {
        var names = members.Where(m => !m.Hidden).GroupBy(m => m.Path[(prefix.Length + 1)..].Split(' ')[0]).OrderBy(g => g.Key, StringComparer.Ordinal).ToList();
        var width = names.Max(n => n.Key.Length);
        return $"Usage:\n  lxc {prefix} [flags]\n  lxc {prefix} [command]\n\nAvailable Commands:\n{string.Concat(names.Select(n => $"  {n.Key.PadRight(width)} {(n.Count() == 1 ? n.First().Short : $"Manage {prefix} {n.Key}s")}\n"))}\nGlobal Flags:\n{Lines(CommandLine.Global)}\nUse \"lxc {prefix} [command] --help\" for more information about a command.\n";
    }

    public static string Root(bool everything)
    {
        var commands = Registry.All.Where(c => !c.Hidden).ToList();
        var rows = everything
            ? commands.OrderBy(c => c.Path, StringComparer.Ordinal).Select(c => (Name: c.Path, c.Short)).ToList()
            : commands.GroupBy(c => c.Path.Split(' ')[0]).OrderBy(g => g.Key, StringComparer.Ordinal).Select(g => (Name: g.Key, Short: g.Count() == 1 ? g.First().Short : $"Manage {g.Key}s")).ToList();
        var width = rows.Max(r => r.Name.Length);
        return $"Description:\n  Command line client for LXD\n\n  All instances, images, networks and storage of a server are managed through the commands below.\n\nUsage:\n  lxc [command]\n\nAvailable Commands:\n{string.Concat(rows.Select(r => $"  {r.Name.PadRight(width)} {r.Short}\n"))}\nFlags:\n{Lines(CommandLine.Global)}\nUse \"lxc [command] --help\" for more information about a command.\n";
    }

    private static string Lines(IReadOnlyList<Flag> flags)
    {
        var rows = flags.Select(f => (Left: $"  {(f.Short.Length > 0 ? f.Short + ", " : "    ")}{f.Long}{(f.Value.Length > 0 ? " " + f.Value : "")}", f.Help)).ToList();
        var width = rows.Max(r => r.Left.Length) + 3;
        return string.Concat(rows.Select(r => r.Left.PadRight(width) + r.Help + "\n"));
    }
}
