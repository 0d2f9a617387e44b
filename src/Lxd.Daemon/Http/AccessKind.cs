namespace Lxd.Daemon.Http;

/// <summary>The kinds of rules, told in <see cref="Access"/>.</summary>
internal enum AccessKind
{
    Anyone,
    Trusted,
    Project,
    Admin,
    Local,
    Metrics,
    Server,
    InProject,
    On,
    List,
}
