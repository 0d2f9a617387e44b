using Lxd.Core;
using Lxd.Core.Api;

namespace Lxd.Daemon.Http;

/// <summary>Who asks, as the authenticator found out.</summary>
/// <param name="Protocol"><c>unix</c>, <c>tls</c>, or empty for nobody known.</param>
/// <param name="Username">The local user's name, or the certificate's fingerprint.</param>
/// <param name="Address">The remote address, <c>@</c> on the unix socket.</param>
internal sealed record Caller(string Protocol, string Username, string Address)
{
    public static Caller Nobody(string address) => new("", "", address);

    public bool Trusted { get; init; }

    /// <summary>The projects a restricted certificate may use; null for an unrestricted caller.</summary>
    public IReadOnlySet<string>? Projects { get; init; }

    /// <summary>Where a request that names no project works.</summary>
    public string DefaultProject { get; init; } = "default";

    /// <summary>A certificate that may read metrics and nothing else.</summary>
    public bool MetricsOnly { get; init; }

    public bool IsAdmin => Trusted && Projects is null && !MetricsOnly;

    public bool MaySee(string project) => Trusted && !MetricsOnly && (Projects is null || Projects.Contains(project));

    public OperationRequestor Requestor() => new() { Username = Username, Protocol = Protocol, Address = Address };

    /// <summary>Throws forbidden unless the caller may use the project.</summary>
    public void CheckProject(string project)
    {
        if (!MaySee(project))
        {
            throw ApiException.Forbidden();
        }
    }
}
