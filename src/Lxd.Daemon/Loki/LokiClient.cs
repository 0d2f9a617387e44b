using System.Net.Http.Headers;
using System.Text;
using System.Threading.Channels;
using Lxd.Core;
using Lxd.Core.Api;
using Lxd.Daemon.Events;
using Lxd.Daemon.Server;
using Microsoft.Extensions.Logging;

namespace Lxd.Daemon.Loki;

/// <summary>Sends events to one Loki server, many at a time. Disposing sends what is left.</summary>
internal sealed class LokiClient : IAsyncDisposable
{
    private const int Most = 500;
    private const int Attempts = 5;
    private static readonly TimeSpan Gathering = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private readonly LokiSettings _settings;
    private readonly LokiLines _lines;
    private readonly HttpClient _http;
    private readonly Subscription _subscription;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _ending = new();
    private readonly Task _run;
    private bool _failing;

    public LokiClient(LokiSettings settings, LokiLines lines, EventHub events, ILogger logger)
    {
        _settings = settings;
        _lines = lines;
        _logger = logger;
        _http = Connect(settings);
        _subscription = events.Subscribe(e => settings.Types.Contains(e.Type) && (e.Type is "lifecycle" or "security" || settings.Takes(e.Metadata?["level"]?.ToString() ?? "")), lossy: true);
        _run = Task.Run(RunAsync);
    }

    public async ValueTask DisposeAsync()
    {
        _subscription.Dispose();
        _ending.CancelAfter(Patience);
        await _run.ConfigureAwait(false);
        _ending.Dispose();
        _http.Dispose();
    }

    private static HttpClient Connect(LokiSettings settings)
    {
        var handler = new SocketsHttpHandler { UseProxy = false, ConnectTimeout = Patience };
        if (settings.Authority.Length > 0)
        {
            handler.SslOptions.CertificateChainPolicy = CustomAuthorities.Only(settings.Authority);
        }

        var http = new HttpClient(handler) { Timeout = Patience };
        if (settings.Username.Length > 0)
        {
            http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{settings.Username}:{settings.Password}")));
        }

        return http;
    }

    private async Task RunAsync()
    {
        var reader = _subscription.Queue.Reader;
        while (await reader.WaitToReadAsync().ConfigureAwait(false))
        {
            var batch = new List<ApiEvent>();
            using var gathering = new CancellationTokenSource(Gathering);
            try
            {
                while (batch.Count < Most)
                {
                    batch.Add(Json.Parse<ApiEvent>(await reader.ReadAsync(gathering.Token).ConfigureAwait(false)));
                }
            }
            catch (Exception e) when (e is OperationCanceledException or ChannelClosedException)
            {
                // Enough for now.
            }

            await SendAsync(batch).ConfigureAwait(false);
        }
    }

    /// <summary>Tries a few times, then gives the entries up: events must not pile up behind a server that is gone.</summary>
    private async Task SendAsync(List<ApiEvent> batch)
    {
        var body = Encoding.UTF8.GetBytes(_lines.Push(batch).ToJsonString(Json.Options));
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                using var content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
                using var response = await _http.PostAsync(_settings.Url + "/loki/api/v1/push", content, _ending.Token).ConfigureAwait(false);
                response.EnsureSuccessStatusCode();
                _failing = false;
                return;
            }
            catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
            {
                var hopeless = (e as HttpRequestException)?.StatusCode is { } status && (int)status is >= 400 and < 500 and not 429;
                if (hopeless || attempt == Attempts || _ending.IsCancellationRequested)
                {
                    // Told once: what is logged becomes an event, too.
                    if (!_failing)
                    {
                        _failing = true;
                        _logger.Lost(_settings.Url, e);
                    }

                    return;
                }

                await Task.Delay(TimeSpan.FromMilliseconds(250 << attempt), _ending.Token).ContinueWith(_ => { }, TaskScheduler.Default).ConfigureAwait(false);
            }
        }
    }
}
