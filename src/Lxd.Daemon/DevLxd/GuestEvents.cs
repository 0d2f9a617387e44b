using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using System.Threading.Channels;

namespace Lxd.Daemon.DevLxd;

/// <summary>What an instance is told of itself: keys and devices that changed. Who does not listen misses it; who listens too slowly is cut off.</summary>
internal sealed class GuestEvents
{
    private const int QueueLength = 256;
    private readonly ConcurrentDictionary<(long Instance, Guid Listener), Channel<string>> _listeners = new();

    /// <summary>The events of an instance as they come, until the listener ends.</summary>
    public async IAsyncEnumerable<string> ListenAsync(long instance, IReadOnlyCollection<string> types, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken ct)
    {
        var key = (instance, Guid.NewGuid());
        var channel = _listeners[key] = Channel.CreateBounded<string>(QueueLength);
        try
        {
            await foreach (var text in channel.Reader.ReadAllAsync(ct).ConfigureAwait(false))
            {
                if (types.Count == 0 || types.Any(t => text.StartsWith($"{{\"type\":\"{t}\"", StringComparison.Ordinal)))
                {
                    yield return text;
                }
            }
        }
        finally
        {
            _listeners.TryRemove(key, out _);
        }
    }

    public void Config(long instance, string key, string before, string after) =>
        Publish(instance, "config", new JsonObject { ["key"] = key, ["old_value"] = before, ["value"] = after });

    public void Device(long instance, string action, string name, IReadOnlyDictionary<string, string> config) => Publish(instance, "device", new JsonObject
    {
        ["action"] = action,
        ["config"] = new JsonObject(config.OrderBy(c => c.Key, StringComparer.Ordinal).Select(c => KeyValuePair.Create(c.Key, (JsonNode?)c.Value))),
        ["name"] = name,
    });

    private void Publish(long instance, string type, JsonObject metadata)
    {
        foreach (var (_, channel) in _listeners.Where(l => l.Key.Instance == instance))
        {
            var text = new JsonObject { ["type"] = type, ["timestamp"] = Core.GoTime.Format(DateTime.UtcNow), ["metadata"] = metadata.DeepClone() }.ToJsonString(Core.Json.Options);
            if (!channel.Writer.TryWrite(text))
            {
                channel.Writer.TryComplete();
            }
        }
    }
}
