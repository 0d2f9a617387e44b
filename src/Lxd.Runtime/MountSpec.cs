namespace Lxd.Runtime;

/// <summary>A mount within an instance.</summary>
/// <param name="Source">A file, directory or block device of the host.</param>
/// <param name="Target">The path inside, absolute.</param>
public sealed record MountSpec(string Source, string Target)
{
    public bool ReadOnly { get; init; }

    /// <summary>Mount what is mounted below the source too.</summary>
    public bool Recursive { get; init; }

    /// <summary>Map the ids of the source's files by the container's map (idmapped mount).</summary>
    public bool Shift { get; init; }

    /// <summary><c>private</c>, <c>slave</c>, <c>shared</c>, ...; empty for private.</summary>
    public string Propagation { get; init; } = "";

    /// <summary>The source is a file (a bind mount on a file is made), not a directory.</summary>
    public bool IsFile { get; init; }

    /// <summary>File system of a block device source (<c>ext4</c>); empty for a bind mount.</summary>
    public string FileSystem { get; init; } = "";

    public string Options { get; init; } = "";

    /// <summary>Start all the same where the source is missing.</summary>
    public bool Optional { get; init; }
}
