using Lxd.Daemon.Http;

namespace Lxd.Daemon.Identities;

/// <summary>The rights of one identity, as its groups' permissions were at one moment. Every identity may view its own groups, and view and delete itself.</summary>
internal sealed class Rights(IReadOnlySet<(string Url, string Entitlement)> grants, Entity self, IReadOnlyList<string> groups) : IRights
{
    private readonly HashSet<string> _groups = [.. groups.Select(g => Entity.Of(EntityKind.Group, "", g).Url)];

    public bool IsAdmin { get; } = grants.Contains((Entity.Server.Url, "admin"));

    /// <summary>URL of the thing and right, as they were granted.</summary>
    public IReadOnlySet<(string Url, string Entitlement)> Grants => grants;

    /// <summary>The names of all groups, those through the identity provider included.</summary>
    public IReadOnlyList<string> Groups => groups;

    public bool Has(Entity entity, string entitlement)
    {
        if (IsAdmin)
        {
            return true;
        }

        if (Always(entity, entitlement))
        {
            return true;
        }

        var project = entity.Kind.InProject ? Entity.OfProject(entity.Project).Url : "";
        foreach (var (scope, source) in Implications.Of(entity.Kind, entitlement))
        {
            var on = scope switch
            {
                Implications.Scope.Self => entity.Url,
                Implications.Scope.Project => project,
                _ => Entity.Server.Url,
            };
            if (grants.Contains((on, source)) || (scope == Implications.Scope.Self && entity.Kind.NameField == "fingerprint" && HasBegun(on, source)))
            {
                return true;
            }
        }

        return false;
    }

    private bool Always(Entity entity, string entitlement) =>
        (entity.Kind == EntityKind.StoragePool && entitlement == "can_view")
        || (entity.Kind == EntityKind.Group && entitlement == "can_view" && _groups.Contains(entity.Url))
        || (entity == self && entitlement is "can_view" or "can_delete");

    /// <summary>Whether the right is on the one thing whose fingerprint begins like this. Where several begin so, the request is refused later, as ambiguous.</summary>
    private bool HasBegun(string url, string entitlement)
    {
        var question = url.IndexOf('?');
        var (begin, end) = question < 0 ? (url, "") : (url[..question], url[question..]);
        return begin.Length > begin.LastIndexOf('/') + 1 && grants.Any(g => g.Entitlement == entitlement && g.Url.StartsWith(begin, StringComparison.Ordinal) && g.Url.EndsWith(end, StringComparison.Ordinal) && g.Url.LastIndexOf('/') == begin.LastIndexOf('/'));
    }
}
