using System.Net;
using Lxd.Core;

namespace Lxc.Output;

/// <summary>A body that is sent from a stream and tells how far it is.</summary>
internal sealed class Transfer(Stream source, long? length, Progress progress, string prefix) : HttpContent
{
    /// <summary>Copies and shows <c>PREFIX: 12% (3.40MB/s)</c>.</summary>
    /// <param name="total">0 where unknown.</param>
    public static async Task CopyAsync(Stream source, Stream target, long total, Progress progress, string prefix, CancellationToken ct)
    {
        var begun = Environment.TickCount64;
        var last = begun;
        var buffer = new byte[1 << 17];
        long done = 0;
        int read;
        while ((read = await source.ReadAsync(buffer, ct).ConfigureAwait(false)) > 0)
        {
            await target.WriteAsync(buffer.AsMemory(0, read), ct).ConfigureAwait(false);
            done += read;
            var now = Environment.TickCount64;
            if (now - last >= 200)
            {
                last = now;
                var speed = Units.FormatBytesSi(done * 1000 / Math.Max(1, now - begun));
                progress.Show(total > 0 ? $"{prefix}: {done * 100 / total}% ({speed}/s)" : $"{prefix}: {Units.FormatBytesSi(done)} ({speed}/s)");
            }
        }
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken) => CopyAsync(source, stream, length ?? 0, progress, prefix, cancellationToken);

    protected override bool TryComputeLength(out long computed)
    {
        computed = length ?? 0;
        return length is not null;
    }
}
