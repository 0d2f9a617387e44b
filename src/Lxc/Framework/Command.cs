namespace Lxc.Framework;

/// <summary>A command: where it stands, what it takes, what it does.</summary>
/// <param name="Path">Its words: <c>storage volume create</c>.</param>
/// <param name="Usage">Its arguments as the help shows them.</param>
/// <param name="Short">What it does, in one line.</param>
internal sealed record Command(string Path, string Usage, string Short, Func<Context, Arguments, Task<int>> Run)
{
    public IReadOnlyList<Flag> Flags { get; init; } = [];

    /// <summary>Other last words it answers to.</summary>
    public IReadOnlyList<string> Aliases { get; init; } = [];

    /// <summary>Fewest and most arguments; -1 for any number.</summary>
    public (int Least, int Most) Count { get; init; } = (0, -1);

    /// <summary>More about it, for the help; lines of their own.</summary>
    public string Long { get; init; } = "";

    public string Examples { get; init; } = "";

    /// <summary>Not in the list of commands, or only with <c>--all</c>.</summary>
    public Rarity Rarity { get; init; }

    /// <summary>What its arguments may be, for completion; the last one holds for all that follow. One more than it takes shows names for nothing but to look at.</summary>
    public IReadOnlyList<Hint> Hints { get; init; } = [];

    public string Name => Path[(Path.LastIndexOf(' ') + 1)..];
}
