using Lxd.Core;
using Lxd.Daemon.Http;
using Lxd.Daemon.Operations;

namespace Lxd.Daemon.Instances;

/// <summary>The paths under which instances are reached: the present one and, for older clients, one for each type.</summary>
internal static class InstanceUrls
{
    private static readonly string[] Legacy = ["containers", "virtual-machines"];

    /// <summary>The collection the request came through: <c>instances</c>, <c>containers</c> or <c>virtual-machines</c>.</summary>
    public static string Collection(Request request)
    {
        return Array.Find(Legacy, l => request.Path.StartsWith("/1.0/" + l, StringComparison.Ordinal)) ?? "instances";
    }

    /// <summary>The type the collection stands for; null for all.</summary>
    public static string? Type(Request request) => Collection(request) switch
    {
        "containers" => "container",
        "virtual-machines" => "virtual-machine",
        _ => null,
    };

    public static string Of(Request request, string project, params ReadOnlySpan<string> rest) => Names.Url(project, ["1.0", Collection(request), .. rest]);

    /// <summary>An operation on instances, started.</summary>
    public static Response Run(OperationService operations, Request request, string description, IReadOnlyList<string> names, Func<OperationProgress, CancellationToken, Task> run, bool both = false) =>
        Response.Async(operations.Start(Spec(request, description, names, run, both)));

    /// <param name="both">Whether containers are also listed under their old name, for clients that look there.</param>
    public static OperationSpec Spec(Request request, string description, IReadOnlyList<string> names, Func<OperationProgress, CancellationToken, Task> run, bool both = false)
    {
        var resources = new Dictionary<string, List<string>> { ["instances"] = [.. names.Select(n => Names.Url(request.Project, ["1.0", "instances", .. n.Split('/')]))] };
        if (both || Collection(request) == "containers")
        {
            resources["containers"] = [.. names.Select(n => Names.Url(request.Project, ["1.0", "containers", .. n.Split('/')]))];
        }

        return new OperationSpec(description, request.Project, run) { Requestor = request.Requestor, Resources = resources };
    }

    /// <summary>Maps every instance route under the old names too.</summary>
    public static void MapLegacy(Router router)
    {
        foreach (var route in router.Routes.Where(r => r.Pattern == "/1.0/instances" || r.Pattern.StartsWith("/1.0/instances/", StringComparison.Ordinal)).ToList())
        {
            foreach (var collection in Legacy)
            {
                router.Map(route.Method, "/1.0/" + collection + route.Pattern["/1.0/instances".Length..], route.Access, route.Handler);
            }
        }
    }

    /// <summary>The instance a path names; a not-found error where the collection is for another type.</summary>
    public static async Task<InstanceRecord> FindAsync(InstanceStore store, Request request, CancellationToken ct)
    {
        var instance = await store.GetAsync(request.Project, request.Route("name"), ct).ConfigureAwait(false);
        return Type(request) is { } type && type != instance.Type ? throw ApiException.NotFound("Instance not found") : instance;
    }
}
