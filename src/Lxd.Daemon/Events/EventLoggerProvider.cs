using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;

namespace Lxd.Daemon.Events;

/// <summary>What the daemon logs, as <c>logging</c> events for those who listen; costs nothing while nobody does.</summary>
internal sealed class EventLoggerProvider(EventHub events) : ILoggerProvider
{
    public ILogger CreateLogger(string categoryName) => new EventLogger(events);

    public void Dispose()
    {
    }

    private sealed class EventLogger(EventHub events) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Debug && events.HasListeners;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (!IsEnabled(logLevel))
            {
                return;
            }

            var context = new JsonObject();
            foreach (var (key, value) in state as IReadOnlyList<KeyValuePair<string, object?>> ?? [])
            {
                if (key != "{OriginalFormat}")
                {
                    context[char.ToLowerInvariant(key[0]) + key[1..]] = value?.ToString() ?? "";
                }
            }

            if (exception is not null)
            {
                context["err"] = exception.Message;
            }

            events.Publish("logging", "", new JsonObject { ["message"] = formatter(state, exception), ["level"] = Name(logLevel), ["context"] = context });
        }

        private static string Name(LogLevel level) => level switch
        {
            LogLevel.Critical or LogLevel.Error => "error",
            LogLevel.Warning => "warning",
            LogLevel.Information => "info",
            LogLevel.Debug => "debug",
            _ => "trace",
        };
    }
}
