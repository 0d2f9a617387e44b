using Lxd.Core;
using Lxd.Daemon.Http;

namespace Lxd.Daemon.Metrics;

/// <summary><c>GET /1.0/metrics</c>.</summary>
internal sealed class MetricsEndpoints(MetricsService service)
{
    public void Map(Router router) => router.Map("GET", "/1.0/metrics", Access.Metrics, GetAsync);

    private async Task<Response> GetAsync(Request request, CancellationToken ct)
    {
        var everything = !request.Caller.Trusted;
        var server = everything || Gate.MayReadServerMetrics(request.Caller);
        var any = server;
        var text = await service.ReadAsync(request.Query("project"), May, server, ct).ConfigureAwait(false);
        return any ? Response.Text(text) : throw ApiException.Forbidden();

        bool May(string project)
        {
            var may = everything || Gate.MayReadMetrics(request.Caller, project);
            any |= may;
            return may;
        }
    }
}
