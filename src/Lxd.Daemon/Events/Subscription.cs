using System.Threading.Channels;
using Lxd.Core.Api;

namespace Lxd.Daemon.Events;

/// <summary>One listener's queue of events, each as the JSON it will send. Disposing ends the queue.</summary>
internal sealed class Subscription(Func<ApiEvent, bool> accepts, Channel<byte[]> queue, Action remove) : IDisposable
{
    public Func<ApiEvent, bool> Accepts { get; } = accepts;

    public Channel<byte[]> Queue { get; } = queue;

    public void Dispose()
    {
        remove();
        Queue.Writer.TryComplete();
    }
}
