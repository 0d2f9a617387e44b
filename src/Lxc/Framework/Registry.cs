namespace Lxc.Framework;

/// <summary>All commands. A branch is made only when its first word is called.</summary>
internal static partial class Registry
{
    private sealed record Branch(string[] Words, Func<IEnumerable<Command>> Make);

    public static IEnumerable<Command> All => Branches.SelectMany(b => b.Make());

    public static IReadOnlyList<Group> Groups => GroupTable;

    /// <summary>The commands that the first word may mean.</summary>
    public static IReadOnlyList<Command> For(string word) => [.. Branches.Where(b => b.Words.Contains(word)).SelectMany(b => b.Make())];

    /// <summary>The command of these words and how many of them are its path; null where they are a group or nothing.</summary>
    public static (Command Command, int Words)? Find(IReadOnlyList<string> words)
    {
        (Command, int)? best = null;
        foreach (var command in For(Canonical(words)[0]))
        {
            var path = command.Path.Split(' ');
            if (path.Length <= words.Count && (best is null || path.Length > best.Value.Item2) && Enumerable.Range(0, path.Length).All(i => Matches(command, path, i, words[i])))
            {
                best = (command, path.Length);
            }
        }

        return best;
    }

    /// <summary>The words with the aliases of groups replaced by the groups' names.</summary>
    public static List<string> Canonical(IReadOnlyList<string> words)
    {
        var result = new List<string>(words);
        for (var i = 0; i < result.Count; i++)
        {
            var prefix = string.Join(' ', result.Take(i));
            if (Array.Find(GroupTable, g => g.Aliases.Contains(result[i]) && g.Path == $"{prefix} {g.Name}".Trim()) is { } group)
            {
                result[i] = group.Name;
            }
        }

        return result;
    }

    private static bool Matches(Command command, string[] path, int i, string word)
    {
        if (word == path[i])
        {
            return true;
        }

        return i == path.Length - 1 ? command.Aliases.Contains(word) : Array.Exists(GroupTable, g => g.Aliases.Contains(word) && g.Path == string.Join(' ', path.Take(i + 1)));
    }
}
