using System.Threading.Channels;
using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Lxd.Core;
using Lxd.Core.Api;

namespace Lxd.Daemon.Events;

/// <summary>Hands every event to those who listen. A listener too slow to keep up with <see cref="QueueLength"/> events loses its subscription.</summary>
internal sealed class EventHub
{
    private const int QueueLength = 4096;
    private readonly ConcurrentDictionary<long, Subscription> _subscriptions = new();
    private long _next;

    /// <param name="accepts">Which events the listener may and wants to see.</param>
    /// <param name="lossy">Whether a listener that cannot keep up misses events instead of being dropped.</param>
    public Subscription Subscribe(Func<ApiEvent, bool> accepts, bool lossy = false)
    {
        var id = Interlocked.Increment(ref _next);
        var subscription = new Subscription(accepts, Channel.CreateBounded<byte[]>(new BoundedChannelOptions(QueueLength) { FullMode = lossy ? BoundedChannelFullMode.DropOldest : BoundedChannelFullMode.Wait }), () => _subscriptions.TryRemove(id, out _));
        _subscriptions[id] = subscription;
        return subscription;
    }

    /// <summary>Whether anyone listens: what only fills events need not be built otherwise.</summary>
    public bool HasListeners => !_subscriptions.IsEmpty;

    /// <summary>Something was done to a thing: <c>instance-created</c> and the other actions of the event reference.</summary>
    /// <param name="source">The URL of the thing, without the project.</param>
    public void Lifecycle(string action, string project, string source, OperationRequestor? requestor, JsonObject? context = null, string name = "")
    {
        if (!HasListeners)
        {
            return;
        }

        var metadata = new JsonObject { ["action"] = action, ["source"] = source };
        if (context is not null)
        {
            metadata["context"] = context.DeepClone();
        }

        if (requestor is not null)
        {
            metadata["requestor"] = Json.Node(requestor);
        }

        metadata["name"] = name;
        metadata["project"] = project;
        Publish("lifecycle", project, metadata);
    }

    public void Publish(string type, string project, JsonNode metadata)
    {
        if (!HasListeners)
        {
            return;
        }

        var e = new ApiEvent { Type = type, Timestamp = DateTime.UtcNow, Metadata = metadata, Location = "none", Project = project };
        byte[]? bytes = null;
        foreach (var subscription in _subscriptions.Values)
        {
            if (subscription.Accepts(e))
            {
                bytes ??= Json.Bytes(e);
                if (!subscription.Queue.Writer.TryWrite(bytes))
                {
                    subscription.Dispose();
                }
            }
        }
    }
}
