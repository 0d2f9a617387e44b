using System.Text.RegularExpressions;
using Lxd.Daemon;
using Lxd.Daemon.Hosting;
using Microsoft.Extensions.Logging.Abstractions;

namespace Lxd.Guard.Tests;

/// <summary>The API's endpoints: those that are missing stand in a list that only shrinks.</summary>
public sealed class RouteTests
{
    [Fact]
    public async Task EveryEndpointIsThereOrKnownToBeMissing()
    {
        var directory = Directory.CreateTempSubdirectory("lxdguard");
        try
        {
            await using var daemon = new Composition(new DaemonOptions(directory.FullName), NullLoggerFactory.Instance);
            var routes = daemon.Router.Routes.Select(r => $"{r.Method} {Regex.Replace(r.Pattern, @"\{[^}]*\}", "{}")}").ToHashSet();
            Source.AssertMissing("missing-endpoints.txt", File.ReadAllLines(Source.Data("endpoints.txt")).Where(e => !routes.Contains(e)));
        }
        finally
        {
            directory.Delete(true);
        }
    }
}
