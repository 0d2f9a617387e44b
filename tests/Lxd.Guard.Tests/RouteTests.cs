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
}
