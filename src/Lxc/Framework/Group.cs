namespace Lxc.Framework;

/// <summary>Words that commands stand below.</summary>
/// <param name="Path"><c>storage volume</c>.</param>
/// <param name="Short">What its commands are about, in one line.</param>
/// <param name="Aliases">Other last words it answers to.</param>
internal sealed record Group(string Path, string Short, params string[] Aliases)
{
    public string Name => Path[(Path.LastIndexOf(' ') + 1)..];
}
