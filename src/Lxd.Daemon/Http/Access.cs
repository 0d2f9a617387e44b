namespace Lxd.Daemon.Http;

/// <summary>Who may call a route.</summary>
internal enum Access
{
    /// <summary>Anyone who can connect; the handler decides what to show.</summary>
    Anyone,

    /// <summary>Any trusted caller, restricted ones included; the handler filters by project.</summary>
    Trusted,

    /// <summary>A trusted caller that may use the request's project.</summary>
    Project,

    /// <summary>A trusted caller without restrictions.</summary>
    Admin,

    /// <summary>Only over the unix socket: <c>/internal</c>.</summary>
    Local,

    /// <summary>An unrestricted caller or a metrics certificate.</summary>
    Metrics,
}
