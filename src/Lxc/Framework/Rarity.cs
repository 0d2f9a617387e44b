namespace Lxc.Framework;

/// <summary>Where the help lists a command.</summary>
internal enum Rarity
{
    Common,

    /// <summary>With <c>--all</c>.</summary>
    Rare,

    /// <summary>Nowhere.</summary>
    Hidden,
}
