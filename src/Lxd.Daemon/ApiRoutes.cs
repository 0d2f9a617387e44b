using Lxd.Daemon.Events;
using Lxd.Daemon.Hosting;
using Lxd.Daemon.Operations;

namespace Lxd.Daemon;

/// <summary>All routes, a line per domain.</summary>
internal static class ApiRoutes
{
    public static void Map(Composition daemon)
    {
        new InternalEndpoints(daemon).Map(daemon.Router);
        new EventsEndpoints(daemon.Events).Map(daemon.Router);
        new OperationsEndpoints(daemon.Operations).Map(daemon.Router);
    }
}
