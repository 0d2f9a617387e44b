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

    public bool StopAtRest { get; init; }

    public bool Hidden { get; init; }

    public string Name => Path[(Path.LastIndexOf(' ') + 1)..];
}
