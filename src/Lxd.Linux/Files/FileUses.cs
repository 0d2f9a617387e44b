namespace Lxd.Linux.Files;

/// <summary>What a file is opened for.</summary>
[Flags]
public enum FileUses
{
    Read = 1,
    Write = 2,

    /// <summary>Every write goes to the end.</summary>
    Append = 4,
    Create = 8,
    Truncate = 16,

    /// <summary>With <see cref="Create"/>: fails where something is already.</summary>
    Exclusive = 32,
}
