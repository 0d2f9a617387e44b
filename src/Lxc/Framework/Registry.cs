using Lxc.Commands;

namespace Lxc.Framework;

/// <summary>All commands. A group is made only when its first word is called.</summary>
internal static class Registry
{
    private static readonly (string[] Words, Func<IEnumerable<Command>> Make)[] Groups =
    [
        (["launch", "init", "create", "rebuild"], CreateCommands.All),
        (["start", "stop", "restart", "pause"], StateCommands.All),
        (["list", "ls", "info", "delete", "rm", "rename", "move", "mv", "copy", "cp", "snapshot", "restore", "publish", "exec", "shell", "console"], InstanceCommands.All),
        (["file"], FileCommands.All),
        (["config"], ConfigCommands.All),
        (["profile"], ProfileCommands.All),
        (["project"], ProjectCommands.All),
        (["image"], ImageCommands.All),
        (["remote"], RemoteCommands.All),
        (["network"], NetworkCommands.All),
        (["storage"], StorageCommands.All),
        (["alias", "query", "monitor", "operation", "warning", "version", "help"], OtherCommands.All),
    ];

    public static IEnumerable<Command> All => Groups.SelectMany(g => g.Make());

    /// <summary>The commands that the first word may mean.</summary>
    public static IReadOnlyList<Command> For(string word) => [.. Groups.Where(g => g.Words.Contains(word)).SelectMany(g => g.Make())];

    /// <summary>The command of these words and how many of them are its path; null where they are a group or nothing.</summary>
    public static (Command Command, int Words)? Find(IReadOnlyList<string> words)
    {
        (Command, int)? best = null;
        foreach (var command in For(words[0]))
        {
            var path = command.Path.Split(' ');
            if (path.Length <= words.Count && (best is null || path.Length > best.Value.Item2) && Enumerable.Range(0, path.Length).All(i => words[i] == path[i] || i == path.Length - 1 && command.Aliases.Contains(words[i]) || IsGroupAlias(path[i], words[i])))
            {
                best = (command, path.Length);
            }
        }

        return best;
    }

    private static bool IsGroupAlias(string group, string word) => false;
}
