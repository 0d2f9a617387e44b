namespace Lxd.Daemon.Hosting;

/// <summary>What the command line and the environment say.</summary>
internal sealed record DaemonOptions(string Directory)
{
    /// <summary>The group that may use the unix socket.</summary>
    public string Group { get; init; } = "";
    public string LogFile { get; init; } = "";
    public bool Debug { get; init; }
    public bool Verbose { get; init; }
    public bool Syslog { get; init; }

    /// <summary>What instances run on and in; null for the real thing. For tests.</summary>
    public Func<Composition, Instances.InstanceNeeds>? Instances { get; init; }

    /// <summary>The local API socket.</summary>
    public string Socket => Path.Combine(Directory, "unix.socket");

    /// <summary>The API with client certificates for those who come through <c>lxd-user</c>; only root reaches it.</summary>
    public string TlsSocket => Path.Combine(Directory, "tls.socket");

    /// <summary><c>$LXD_DIR</c> or <c>/var/lib/lxd</c>.</summary>
    public static string DefaultDirectory => Environment.GetEnvironmentVariable("LXD_DIR") is { Length: > 0 } dir ? dir : "/var/lib/lxd";
}
