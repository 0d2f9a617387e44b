using Lxd.Core;

namespace Lxd.Daemon.Http;

internal delegate Task<Response> Handler(Request request, CancellationToken ct);

/// <summary>A route: its handler and who may call it.</summary>
internal sealed record Route(string Method, string Pattern, Access Access, Handler Handler);

/// <summary>Finds the route of a path. Segments are matched before they are decoded, so an escaped slash stays within its segment.
/// Unknown path: 404. Known path, method without handler: 501. A word that is no HTTP method: 404.</summary>
internal sealed class Router
{
    private static readonly string[] Methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
    private readonly Node _root = new();
    private readonly List<Route> _routes = [];

    public IReadOnlyList<Route> Routes => _routes;

    /// <param name="method">GET also serves HEAD unless HEAD has a route of its own.</param>
    /// <param name="pattern"><c>/1.0/instances/{name}</c>; <c>{path...}</c> at the end is all that follows, slashes included.</param>
    public void Map(string method, string pattern, Access access, Handler handler)
    {
        var route = new Route(method, pattern, access, handler);
        _routes.Add(route);
        var node = _root;
        foreach (var segment in Segments(pattern))
        {
            if (segment.EndsWith("...}", StringComparison.Ordinal))
            {
                node = node.Rest ??= new Node();
            }
            else if (segment.StartsWith('{'))
            {
                node.Parameter ??= new Node { Name = segment[1..^1] };
                node = node.Parameter;
                node.Names.Add(segment[1..^1]);
            }
            else
            {
                node.Children.TryAdd(segment, new Node());
                node = node.Children[segment];
            }
        }

        if (!node.Routes.TryAdd(method, route))
        {
            throw new InvalidOperationException($"{method} {pattern} is mapped twice");
        }
    }

    /// <param name="path">The path as it came, still escaped, without the query.</param>
    public (Route Route, IReadOnlyDictionary<string, string> Values) Match(string method, string path)
    {
        var values = new List<string>();
        var node = Find(_root, Segments(path), 0, values);
        if (node is null || node.Routes.Count == 0 || !Methods.Contains(method))
        {
            throw ApiException.NotFound();
        }

        var route = node.Routes.GetValueOrDefault(method) ?? (method == "HEAD" ? node.Routes.GetValueOrDefault("GET") : null) ?? throw ApiException.NotImplemented();
        var names = Segments(route.Pattern).Where(s => s.StartsWith('{')).Select(s => s[1..^1].TrimEnd('.'));
        return (route, names.Zip(values).ToDictionary(p => p.First, p => Decode(p.Second)));
    }

    private static Node? Find(Node node, string[] segments, int index, List<string> values)
    {
        if (index == segments.Length)
        {
            return node;
        }

        if (node.Children.TryGetValue(segments[index], out var child) && Find(child, segments, index + 1, values) is { Routes.Count: > 0 } found)
        {
            return found;
        }

        if (node.Rest is { } rest)
        {
            values.Add(string.Join('/', segments.Skip(index)));
            return rest;
        }

        if (node.Parameter is null || segments[index].Length == 0)
        {
            return null;
        }

        values.Add(segments[index]);
        var result = Find(node.Parameter, segments, index + 1, values);
        if (result is null)
        {
            values.RemoveAt(values.Count - 1);
        }

        return result;
    }

    private static string[] Segments(string path) => path.Trim('/') is { Length: > 0 } trimmed ? trimmed.Split('/') : [];

    private static string Decode(string segment)
    {
        var text = Uri.UnescapeDataString(segment);
        return text.Contains('\0') ? throw ApiException.BadRequest("The path contains a NUL character") : text;
    }

    private sealed class Node
    {
        public string Name { get; init; } = "";
        public HashSet<string> Names { get; } = [];
        public Dictionary<string, Node> Children { get; } = new(StringComparer.Ordinal);
        public Node? Parameter { get; set; }
        public Node? Rest { get; set; }
        public Dictionary<string, Route> Routes { get; } = new(StringComparer.Ordinal);
    }
}
