using Lxd.Daemon.Http;

namespace Lxd.Daemon.Identities;

/// <summary>Which rights include which others: on the thing itself, on its project, on the server.</summary>
internal static class Implications
{
    /// <summary>Where a right may come from.</summary>
    public enum Scope
    {
        Self,
        Project,
        Server,
    }

    private static readonly Dictionary<(EntityKind, string), (Scope, string)[]> Closed = Close();

    /// <summary>All grants of which each alone gives the right on a thing of the kind, the right itself included.</summary>
    public static IReadOnlyList<(Scope Scope, string Entitlement)> Of(EntityKind kind, string entitlement) =>
        Closed.TryGetValue((kind, entitlement), out var sources) ? sources : [(Scope.Server, "admin")];

    /// <summary>The grants that give a right directly: on the server, a project, or a thing of another kind.</summary>
    private static IEnumerable<(Scope, string)> Direct(EntityKind kind, string entitlement) =>
        kind == EntityKind.Server ? OnServer(entitlement).Select(e => (Scope.Self, e))
        : kind == EntityKind.Project ? OnProject(entitlement)
        : OnThing(kind, entitlement);

    private static IEnumerable<string> OnServer(string entitlement)
    {
        yield return "admin";
        var words = entitlement.Split('_', 3);
        if (entitlement.StartsWith("can_view_", StringComparison.Ordinal))
        {
            yield return "viewer";
        }

        switch (words is ["can", _, var what] ? what : entitlement)
        {
            case "identities" or "groups" or "identity_provider_groups" or "permissions":
                yield return "permission_manager";
                break;
            case "storage_pools":
                yield return "storage_pool_manager";
                break;
            case "projects":
                yield return "project_manager";
                break;
            case "cluster_links":
                yield return "can_edit";
                break;
        }
    }

    private static IEnumerable<(Scope, string)> OnProject(string entitlement)
    {
        switch (entitlement)
        {
            case "can_view":
                return [(Scope.Self, "operator"), (Scope.Self, "viewer"), (Scope.Self, "can_edit"), (Scope.Self, "can_delete"), (Scope.Server, "can_view_projects")];
            case "can_edit":
                return [(Scope.Server, "can_edit_projects")];
            case "can_delete":
                return [(Scope.Server, "can_delete_projects")];
            case "operator":
                return [(Scope.Server, "project_manager")];
            case "viewer":
                return [(Scope.Self, "operator"), (Scope.Server, "can_view_projects")];
            case "can_view_operations" or "can_view_events":
                return [(Scope.Self, "operator"), (Scope.Self, "viewer")];
            case "can_view_metrics":
                return [(Scope.Self, "operator"), (Scope.Self, "viewer"), (Scope.Server, "can_view_metrics")];
            case "can_operate_instances":
                return [(Scope.Self, "operator"), (Scope.Self, "instance_manager"), (Scope.Server, "can_edit_projects")];
        }

        if (entitlement.EndsWith("_manager", StringComparison.Ordinal))
        {
            return [(Scope.Self, "operator")];
        }

        // can_VERB_KINDs
        var words = entitlement.Split('_', 3);
        var manager = EntityKind.All.First(k => k.InProject && k.Plural == words[2]).Name + "_manager";
        return words[1] switch
        {
            "view" => [(Scope.Self, "operator"), (Scope.Self, manager), (Scope.Self, "viewer")],
            "edit" => [(Scope.Self, "operator"), (Scope.Self, manager), (Scope.Server, "can_edit_projects")],
            _ => [(Scope.Self, "operator"), (Scope.Self, manager)],
        };
    }

    private static IEnumerable<(Scope, string)> OnThing(EntityKind kind, string entitlement)
    {
        var above = kind.InProject ? Scope.Project : Scope.Server;
        if (entitlement == "can_view" || kind == EntityKind.StoragePool)
        {
            // Who may do something with a thing may see it.
            var does = kind == EntityKind.StoragePool ? [] : Entitlements.Of(kind).Where(e => e != "can_view").Select(e => (Scope.Self, e));
            return [.. does, (above, $"{entitlement}_{kind.Plural}")];
        }

        return (kind.Name, entitlement) switch
        {
            (_, "can_edit" or "can_delete") => [(above, $"{entitlement}_{kind.Plural}")],
            ("instance", "user") => [(Scope.Self, "operator")],
            ("instance", "operator") => [(Scope.Project, "can_operate_instances")],
            ("instance", "can_update_state" or "can_manage_snapshots" or "can_manage_backups") => [(Scope.Self, "operator")],
            ("instance", _) => [(Scope.Self, "user")],
            _ => [(above, $"can_edit_{kind.Plural}")],
        };
    }

    private static Dictionary<(EntityKind, string), (Scope, string)[]> Close()
    {
        var closed = new Dictionary<(EntityKind, string), (Scope, string)[]>();
        foreach (var kind in EntityKind.All)
        {
            foreach (var entitlement in Entitlements.Of(kind))
            {
                closed[(kind, entitlement)] = [.. Reach(kind, entitlement)];
            }
        }

        return closed;
    }

    /// <summary>Follows the direct grants to their end.</summary>
    private static HashSet<(Scope, string)> Reach(EntityKind kind, string entitlement)
    {
        var found = new HashSet<(Scope, string)>();
        var open = new Stack<(Scope Scope, string Entitlement)>([(Scope.Self, entitlement)]);
        while (open.TryPop(out var next))
        {
            if (!found.Add(next))
            {
                continue;
            }

            var on = next.Scope == Scope.Self ? kind : next.Scope == Scope.Project ? EntityKind.Project : EntityKind.Server;
            foreach (var (scope, source) in Direct(on, next.Entitlement))
            {
                open.Push((scope == Scope.Self ? next.Scope : scope, source));
            }
        }

        return found;
    }
}
