using Lxd.Core;
using Lxd.Core.Api;

namespace Lxd.Daemon.Http;

/// <summary>Who asks, as the authenticator found out.</summary>
/// <param name="Protocol"><c>unix</c>, <c>tls</c>, <c>pki</c>, <c>bearer</c>, <c>oidc</c>, or empty for nobody known.</param>
/// <param name="Username">The local user's name, the certificate's fingerprint, the bearer's id or the address of the mail.</param>
/// <param name="Address">The remote address, <c>@</c> on the unix socket.</param>
internal sealed record Caller(string Protocol, string Username, string Address)
{
    public static Caller Nobody(string address) => new("", "", address);

    public bool Trusted { get; init; }

    /// <summary>The projects a restricted certificate may use; null for any other caller.</summary>
    public IReadOnlySet<string>? Projects { get; init; }

    /// <summary>Where a request that names no project works.</summary>
    public string DefaultProject { get; init; } = "default";

    /// <summary>What the caller's groups were granted; null for a caller whose rights do not come from groups.</summary>
    public IRights? Rights { get; init; }

    /// <summary>A certificate that may read metrics and nothing else.</summary>
    public bool MetricsOnly { get; init; }

    /// <summary>When what the caller showed ends to be valid: its certificate or its token.</summary>
    public DateTime? ExpiresAt { get; init; }

    /// <summary>The groups that the identity provider says the caller is in.</summary>
    public IReadOnlyList<string> ProviderGroups { get; init; } = [];

    public bool IsAdmin => Trusted && Projects is null && !MetricsOnly && (Rights?.IsAdmin ?? true);

    /// <summary>Whether the caller may know of the project; a restricted certificate may use what it sees.</summary>
    public bool MaySee(string project) => Trusted && !MetricsOnly && (Projects?.Contains(project) ?? Rights?.Has(Entity.OfProject(project), "can_view") ?? true);

    /// <summary>Whether the caller was granted this. A restricted certificate may do anything in its projects, nothing elsewhere; an administrator anything.</summary>
    public bool May(Entity entity, string entitlement)
    {
        if (!Trusted || MetricsOnly)
        {
            return false;
        }

        if (Rights is not null)
        {
            return Rights.Has(entity, entitlement);
        }

        if (Projects is null)
        {
            return true;
        }

        // A project's settings bind its users: they are not theirs to change.
        return entity.Kind == EntityKind.Server ? entitlement is "can_view_resources" or "can_view_unmanaged_networks"
            : entity.Kind == EntityKind.Project ? entitlement is not ("can_edit" or "can_delete") && Projects.Contains(entity.Names[0])
            : entity.Kind.InProject ? Projects.Contains(entity.Project)
            : entity.Kind == EntityKind.StoragePool ? entitlement == "can_view"
            : entity.Kind == EntityKind.Certificate && entity.Names[0] == Username && entitlement is "can_view" or "can_delete";
    }

    public OperationRequestor Requestor() => new() { Username = Username, Protocol = Protocol, Address = Address };

    /// <summary>Whether this caller asked for what the requestor stands for.</summary>
    public bool Is(OperationRequestor? requestor) => requestor is not null && Trusted && requestor.Protocol == Protocol && requestor.Username == Username;

    /// <summary>Throws forbidden unless the caller may use the project.</summary>
    public void CheckProject(string project)
    {
        if (!MaySee(project))
        {
            throw ApiException.Forbidden();
        }
    }
}
