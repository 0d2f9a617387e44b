namespace Lxc.Framework;

/// <summary>A flag of a command.</summary>
/// <param name="Long">With its dashes: <c>--columns</c>.</param>
/// <param name="Short"><c>-c</c>, or empty.</param>
/// <param name="Value">The placeholder of its value; empty for a switch.</param>
internal sealed record Flag(string Long, string Short = "", string Value = "", string Help = "");
