using System.Globalization;
using Lxd.Core.Config;
using Lxd.Daemon.Projects;
using Lxd.Daemon.Server;

namespace Lxd.Daemon.Images;

/// <summary>The <c>images.*</c> keys: a project's own, else the server's.</summary>
internal sealed class ImageSettings(ServerConfig server, ProjectService projects)
{
    public async Task<string> CompressorAsync(string project, CancellationToken ct) => await GetAsync(project, "images.compression_algorithm", ct).ConfigureAwait(false);

    public async Task<string> ArchitectureAsync(string project, CancellationToken ct) => await GetAsync(project, "images.default_architecture", ct).ConfigureAwait(false);

    public async Task<bool> UpdatesCachedAsync(string project, CancellationToken ct) => Checks.IsTrue(await GetAsync(project, "images.auto_update_cached", ct).ConfigureAwait(false));

    /// <summary>Time between two looks for newer images; zero for never.</summary>
    public async Task<TimeSpan> UpdateIntervalAsync(string project, CancellationToken ct) => TimeSpan.FromHours(Math.Max(0, await NumberAsync(project, "images.auto_update_interval", ct).ConfigureAwait(false)));

    /// <summary>How long a cached image stays after its last use; zero for ever.</summary>
    public async Task<TimeSpan> CacheExpiryAsync(string project, CancellationToken ct) => TimeSpan.FromDays(Math.Max(0, await NumberAsync(project, "images.remote_cache_expiry", ct).ConfigureAwait(false)));

    private async Task<long> NumberAsync(string project, string key, CancellationToken ct) =>
        long.TryParse(await GetAsync(project, key, ct).ConfigureAwait(false), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? Math.Min(number, 1_000_000) : 0;

    private async Task<string> GetAsync(string project, string key, CancellationToken ct) =>
        (await projects.ConfigAsync(project, ct).ConfigureAwait(false)).GetValueOrDefault(key) is { Length: > 0 } own ? own : server.Get(key);
}
