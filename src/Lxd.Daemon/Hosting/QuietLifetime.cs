using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Lxd.Daemon.Hosting;

/// <summary>Keeps a host from handling signals of its own: the daemon decides when a server stops.</summary>
internal sealed class QuietLifetime : IHostLifetime
{
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}

internal static class QuietLifetimeExtensions
{
    public static void AddSingletonLifetime(this IServiceCollection services) => services.AddSingleton<IHostLifetime, QuietLifetime>();
}
