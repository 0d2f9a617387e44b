using System.Text.RegularExpressions;
using Lxd.Daemon.Http;
using Lxd.Daemon.Server;

namespace Lxd.Guard.Tests.Reference;

/// <summary>The pages about the API: endpoints, extensions, lifecycle events.</summary>
public sealed class ApiPagesTests
{
    [Fact]
    public async Task TheEndpointsAreThoseOfTheRouter()
    {
        await using var server = new Server();
        var page = new Page("Endpoints", "Every route of the daemon and who may call it. A route that answers `GET` answers `HEAD` too. What is still missing stands in `tests/Lxd.Guard.Tests/Data/missing-endpoints.txt`.");
        foreach (var area in server.Daemon.Router.Routes.OrderBy(r => r.Pattern, StringComparer.Ordinal).ThenBy(r => r.Method, StringComparer.Ordinal).GroupBy(r => Area(r.Pattern)))
        {
            page.Heading(area.Key).Table(["Method", "Path", "Who may call it"], area.Select(r => new[] { r.Method, $"`{r.Pattern}`", Who(r) }));
        }

        Page.AssertWritten("", new Dictionary<string, Page> { ["endpoints.md"] = page });
    }

    [Fact]
    public void TheExtensionsAreThoseAnnounced()
    {
        var known = File.ReadAllLines(Source.Data("api-extensions.txt"));
        Assert.Empty(ApiExtensions.All.GroupBy(e => e).Where(g => g.Count() > 1).Select(g => g.Key));
        var page = new Page("API extensions", "A client finds these names in `api_extensions` of `GET /1.0`. A name is announced when all it promises works.")
            .Add($"{ApiExtensions.All.Count} are announced:").List(ApiExtensions.All)
            .Add($"{known.Except(ApiExtensions.All).Count()} are not there yet:").List(known.Except(ApiExtensions.All));
        Page.AssertWritten("", new Dictionary<string, Page> { ["api-extensions.md"] = page });
    }

    [Fact]
    public void TheLifecycleEventsAreThoseSent()
    {
        var known = File.ReadAllLines(Source.Data("lifecycle-events.txt")).ToHashSet();
        var sent = Source.Files("src/Lxd.Daemon").Where(f => !Source.Relative(f).Contains("/Metadata/", StringComparison.Ordinal))
            .SelectMany(f => Regex.Matches(File.ReadAllText(f), "\"([a-z]+(-[a-z]+)+)\"").Select(m => m.Groups[1].Value)).Where(known.Contains).Distinct().Order(StringComparer.Ordinal).ToList();
        Source.AssertMissing("missing-lifecycle-events.txt", known.Except(sent));
        var page = new Page("Lifecycle events", "What `GET /1.0/events?type=lifecycle` tells, by the member `action` of an event's metadata. Beside it stand `source` (the URL of the thing), `requestor`, `context`, `name` and `project`.")
            .Add($"{sent.Count} are sent:").List(sent);
        Page.AssertWritten("", new Dictionary<string, Page> { ["lifecycle-events.md"] = page });
    }

    private static string Area(string pattern) => pattern.Split('/', StringSplitOptions.RemoveEmptyEntries) switch
    {
        ["1.0", var area, ..] => area,
        ["1.0"] => "server",
        [var area, ..] => area,
        _ => "root",
    };

    private static string Who(Route route) => route.Access.Kind switch
    {
        AccessKind.Anyone => "anyone",
        AccessKind.Trusted => "trusted clients",
        AccessKind.Project => "who may view all of the project, or (to change something) operate it",
        AccessKind.Admin => "`admin` on the server",
        AccessKind.Local => "the unix socket",
        AccessKind.Metrics => "metrics certificates, `can_view_metrics`",
        AccessKind.List => $"trusted clients, for what they may view (`{route.Access.Entity}`)",
        AccessKind.InProject => $"`{route.Access.Entitlement}` on the project",
        _ => $"`{route.Access.Entitlement}` on the {route.Access.Entity!.Name.Replace('_', ' ')}",
    };
}
