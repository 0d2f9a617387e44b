using System.Diagnostics;
using Lxd.Core;

namespace Lxc.Output;

/// <summary>A stream that tells how much of it was read.</summary>
internal sealed class ProgressStream(Stream inner, long total, Action<string> show) : Stream
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);
    private readonly Stopwatch _since = Stopwatch.StartNew();
    private TimeSpan _shown = -Pause;
    private long _read;

    public override bool CanRead => true;
    public override bool CanSeek => inner.CanSeek;
    public override bool CanWrite => false;
    public override long Length => inner.Length;
    public override long Position { get => inner.Position; set => inner.Position = value; }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => Count(await inner.ReadAsync(buffer, cancellationToken).ConfigureAwait(false));

    public override int Read(byte[] buffer, int offset, int count) => Count(inner.Read(buffer, offset, count));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => inner.Seek(offset, origin);

    public override void SetLength(long value) => throw new NotSupportedException("only read");

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("only read");

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
        }

        base.Dispose(disposing);
    }

    private int Count(int count)
    {
        _read += count;
        var now = _since.Elapsed;
        if (now - _shown >= Pause || _read == total)
        {
            _shown = now;
            var speed = Units.FormatBytesSi((long)(_read / Math.Max(now.TotalSeconds, 0.001))) + "/s";
            show(total > 0 ? $"{100 * _read / total}% ({speed})" : $"{Units.FormatBytesSi(_read)} ({speed})");
        }

        return count;
    }
}
