using System.Text.RegularExpressions;

namespace Lxd.Guard.Tests;

/// <summary>The API's endpoints: those that are missing stand in a list that only shrinks.</summary>
public sealed class RouteTests
{
    [Fact]
    public async Task EveryEndpointIsThereOrKnownToBeMissing()
    {
        await using var server = new Server();
        var routes = server.Daemon.Router.Routes.Select(r => $"{r.Method} {Regex.Replace(r.Pattern, @"\{[^}]*\}", "{}")}").ToHashSet();
        Source.AssertMissing("missing-endpoints.txt", File.ReadAllLines(Source.Data("endpoints.txt")).Where(e => !routes.Contains(e)));
    }

    /// <summary>Who may call a route stands in a list: a route that asks for less than it says there is a hole, one that asks for more locks somebody out.</summary>
    [Fact]
    public async Task EveryEndpointAsksForTheRightThatItIsSupposedTo()
    {
        await using var server = new Server();
        var expected = File.ReadAllLines(Source.Data("access.txt")).ToDictionary(l => l[..l.LastIndexOf(' ')], l => l[(l.LastIndexOf(' ') + 1)..]);
        // The older paths of instances ask for the same.
        var wrong = server.Daemon.Router.Routes.Select(r => (Name: $"{r.Method} {Regex.Replace(Regex.Replace(r.Pattern, @"\{[^}]*\}", "{}"), "^/1.0/(containers|virtual-machines)", "/1.0/instances")}", Rule: r.Access.ToString()))
            .Where(r => expected.GetValueOrDefault(r.Name) != r.Rule)
            .Select(r => $"{r.Name} asks for {r.Rule} instead of {expected.GetValueOrDefault(r.Name, "(no line in access.txt)")}").ToList();
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }
}
