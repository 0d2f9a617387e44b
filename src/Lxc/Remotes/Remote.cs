namespace Lxc.Remotes;

/// <summary>A server as the configuration names it.</summary>
internal sealed record Remote(string Address)
{
    /// <summary><c>lxd</c> or <c>simplestreams</c>.</summary>
    public string Protocol { get; init; } = "lxd";
    public bool Public { get; init; }
    public string AuthType { get; init; } = "";
    public string Project { get; init; } = "";

    /// <summary>Built in: not to be changed.</summary>
    public bool Static { get; init; }

    /// <summary>From the host's configuration, which all users have.</summary>
    public bool Global { get; init; }

    /// <summary>Whether it is this host's own server, over its socket.</summary>
    public bool IsUnix => Address.StartsWith("unix:", StringComparison.Ordinal);
}
