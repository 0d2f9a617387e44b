namespace Lxc.Framework;

/// <summary>A flag of a command.</summary>
/// <param name="Long">With its dashes: <c>--columns</c>.</param>
/// <param name="Short"><c>-c</c>, or empty.</param>
/// <param name="Value">The placeholder of its value; empty for a switch.</param>
internal sealed record Flag(string Long, string Short = "", string Value = "", string Help = "")
{
    /// <summary>What holds where it is not given, for the help.</summary>
    public string Default { get; init; } = "";

    /// <summary>Its value where it is given without one (<c>--console</c>); empty where a value has to follow.</summary>
    public string Alone { get; init; } = "";

    /// <summary>Whether its value has to be a whole number.</summary>
    public bool Number { get; init; }

    public bool IsSwitch => Value.Length == 0;

    /// <summary>How messages name it: <c>-f, --format</c>.</summary>
    public string Label => Short.Length > 0 ? $"{Short}, {Long}" : Long;
}
