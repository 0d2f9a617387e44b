namespace Lxd.Daemon.Http;

/// <summary>Who may call a route; the pipeline checks it before the handler runs.</summary>
/// <param name="Kind">What kind of rule.</param>
/// <param name="Entity">The kind of thing the route is about, where it is about one.</param>
/// <param name="Entitlement">What the caller has to have been granted.</param>
internal sealed record Access(AccessKind Kind, EntityKind? Entity = null, string Entitlement = "")
{
    /// <summary>Anyone who can connect; the handler decides what to show.</summary>
    public static readonly Access Anyone = new(AccessKind.Anyone);

    /// <summary>Anyone, and what the handler shows is of this kind.</summary>
    public static Access Shows(EntityKind kind) => new(AccessKind.Anyone, kind);

    /// <summary>Any trusted caller, restricted ones included; the handler decides what to show.</summary>
    public static readonly Access Trusted = new(AccessKind.Trusted);

    /// <summary>A trusted caller that may use the request's project: to view all in it, or (any method but GET) to do all in it. For routes that no finer right is known for.</summary>
    public static readonly Access Project = new(AccessKind.Project);

    /// <summary>A trusted caller without restrictions.</summary>
    public static readonly Access Admin = new(AccessKind.Admin);

    /// <summary>Only over the unix socket or from a member of the cluster: <c>/internal</c>.</summary>
    public static readonly Access Local = new(AccessKind.Local);

    /// <summary>A metrics certificate or somebody who may view metrics.</summary>
    public static readonly Access Metrics = new(AccessKind.Metrics);

    /// <summary>A right on the server: <c>Server("can_view_warnings")</c>.</summary>
    public static Access Server(string entitlement) => new(AccessKind.Server, EntityKind.Server, entitlement);

    /// <summary>A right on the request's project: <c>InProject("can_create_instances")</c>.</summary>
    public static Access InProject(string entitlement) => new(AccessKind.InProject, EntityKind.Project, entitlement);

    /// <summary>A right on the thing that the request's path begins with: <c>On(EntityKind.Instance, "can_exec")</c>.</summary>
    public static Access On(EntityKind kind, string entitlement) => new(AccessKind.On, kind, entitlement);

    /// <summary>A list of things of a kind: everybody trusted sees those that he may view. Where they are in projects, the request's project has to be one that he sees.</summary>
    public static Access List(EntityKind kind) => new(AccessKind.List, kind, "can_view");

    public static Access Instance(string entitlement) => On(EntityKind.Instance, entitlement);

    public static Access Volume(string entitlement) => On(EntityKind.StorageVolume, entitlement);

    public static Access Network(string entitlement) => On(EntityKind.Network, entitlement);

    public override string ToString() => Kind switch
    {
        AccessKind.Server or AccessKind.On => $"{Entity}:{Entitlement}",
        AccessKind.InProject => $"project:{Entitlement}",
        AccessKind.List => $"list:{Entity}",
        _ => Kind.ToString().ToLowerInvariant(),
    };
}
