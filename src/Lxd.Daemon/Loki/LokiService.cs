using Lxd.Daemon.Events;
using Lxd.Daemon.Server;
using Microsoft.Extensions.Logging;

namespace Lxd.Daemon.Loki;

/// <summary>Keeps the client of Loki in step with the configuration.</summary>
internal sealed class LokiService(EventHub events, SecurityEvents security, ServerConfig config, ILogger logger) : IAsyncDisposable
{
    private LokiClient? _client;

    /// <summary>Sends what is left to the old server and goes on with the new one, if any.</summary>
    /// <param name="value">The values that the keys of the server have or will have.</param>
    public async Task UseAsync(Func<string, string> value, CancellationToken ct)
    {
        var settings = LokiSettings.Read(value, HostInfo.Hostname);
        if (_client is { } old)
        {
            _client = null;
            await old.DisposeAsync().ConfigureAwait(false);
            if (settings is null)
            {
                security.MonitorDisabled();
            }
        }

        if (settings is not null)
        {
            _client = new LokiClient(settings, new LokiLines(settings, HostInfo.Hostname, config.Get("volatile.uuid")), events, logger);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_client is { } client)
        {
            _client = null;
            await client.DisposeAsync().ConfigureAwait(false);
        }
    }
}
