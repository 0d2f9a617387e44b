using Lxd.Core;

namespace Lxd.Daemon.Http;

/// <summary>One thing that rights are granted on. Two are equal when their URLs are.</summary>
/// <param name="Project">Where it really is; empty where it is in no project.</param>
/// <param name="Url">Its URL as rights name it, the project always told: <c>/1.0/instances/c1?project=default</c>.</param>
internal readonly record struct Entity(EntityKind Kind, string Project, string Url)
{
    public static readonly Entity Server = new(EntityKind.Server, "", "/1.0");

    public static Entity OfProject(string name) => Of(EntityKind.Project, "", name);

    public static Entity Instance(string project, string name) => Of(EntityKind.Instance, project, name);

    public static Entity Volume(string project, string pool, string type, string name) => Of(EntityKind.StorageVolume, project, pool, type, name);

    /// <param name="parts">The parts of its name, in the order of its URL.</param>
    public static Entity Of(EntityKind kind, string project, params ReadOnlySpan<string> parts)
    {
        var path = new System.Text.StringBuilder();
        var next = 0;
        foreach (var segment in kind.Segments)
        {
            path.Append('/').Append(segment == "{}" ? Escape(parts[next++]) : segment);
        }

        return kind.InProject ? new Entity(kind, project, path.Append("?project=").Append(Uri.EscapeDataString(project)).ToString()) : new Entity(kind, "", path.ToString());
    }

    /// <summary>The thing a URL of the API names, or the one it belongs to (the instance of a snapshot); null where nothing can be granted on it.</summary>
    /// <param name="project">The project where the URL names none.</param>
    /// <param name="exact">Whether the URL must not lead further down.</param>
    public static Entity? Parse(string url, string project = "default", bool exact = false)
    {
        var question = url.IndexOf('?');
        var path = question < 0 ? url : url[..question];
        if (question >= 0)
        {
            project = System.Web.HttpUtility.ParseQueryString(url[question..])["project"] is { Length: > 0 } named ? named : project;
        }

        var segments = path.Trim('/').Split('/');
        if (path is "/1.0" or "/1.0/")
        {
            return Server;
        }

        if (segments is ["1.0", "containers" or "virtual-machines", ..])
        {
            segments[1] = "instances";
        }

        var kind = EntityKind.All.Where(k => k.Parts > 0 && Fits(k, segments, exact)).MaxBy(k => k.Segments.Length);
        return kind is null ? null : Of(kind, project, [.. kind.Segments.Zip(segments).Where(s => s.First == "{}").Select(s => Uri.UnescapeDataString(s.Second))]);
    }

    /// <summary>Without the project, as events name it.</summary>
    public string Path => Url.Split('?')[0];

    /// <summary>The parts of its name.</summary>
    public string[] Names => [.. Kind.Segments.Zip(Path[1..].Split('/')).Where(s => s.First == "{}").Select(s => Uri.UnescapeDataString(s.Second))];

    public bool Equals(Entity other) => Url == other.Url;

    public override int GetHashCode() => Url.GetHashCode(StringComparison.Ordinal);

    private static bool Fits(EntityKind kind, string[] segments, bool exact) =>
        (exact ? segments.Length == kind.Segments.Length : segments.Length >= kind.Segments.Length)
        && kind.Segments.Zip(segments).All(s => s.First == "{}" ? s.Second.Length > 0 : s.First == s.Second)
        && !(kind == EntityKind.Image && segments[2] == "aliases" && segments.Length > 3);

    /// <summary>A segment as a Go server writes it: what may stand in a path stands there.</summary>
    private static string Escape(string segment)
    {
        var escaped = Uri.EscapeDataString(segment);
        return escaped.Contains('%')
            ? escaped.Replace("%40", "@", StringComparison.Ordinal).Replace("%3A", ":", StringComparison.Ordinal).Replace("%2B", "+", StringComparison.Ordinal)
                .Replace("%3D", "=", StringComparison.Ordinal).Replace("%26", "&", StringComparison.Ordinal).Replace("%24", "$", StringComparison.Ordinal)
            : escaped;
    }
}
