namespace Lxc.Remotes;

/// <summary>A server as the configuration names it.</summary>
internal sealed record Remote(string Address)
{
    /// <summary><c>lxd</c> or <c>simplestreams</c>.</summary>
    public string Protocol { get; init; } = "lxd";
    public bool Public { get; init; }
    public string AuthType { get; init; } = "";
    public string Project { get; init; } = "";

    /// <summary>Built in or from the host's configuration: not the user's to change.</summary>
    public bool Static { get; init; }

    /// <summary>Whether the user's own file says something of it.</summary>
    public bool IsUnix => Address.StartsWith("unix:", StringComparison.Ordinal);
}
