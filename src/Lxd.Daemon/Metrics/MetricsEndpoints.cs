using Lxd.Daemon.Http;

namespace Lxd.Daemon.Metrics;

/// <summary><c>GET /1.0/metrics</c>.</summary>
internal sealed class MetricsEndpoints(MetricsService service)
{
    public void Map(Router router) => router.Map("GET", "/1.0/metrics", Access.Metrics, GetAsync);

    private async Task<Response> GetAsync(Request request, CancellationToken ct)
    {
        var everything = !request.Caller.Trusted;
        var text = await service.ReadAsync(request.Query("project"), p => everything || Gate.MayReadMetrics(request.Caller, p), everything || Gate.MayReadServerMetrics(request.Caller), ct).ConfigureAwait(false);
        return Response.Text(text);
    }
}
