namespace Lxc.Terminal;

/// <summary>Keys on their way to a console; Ctrl-a q leaves.</summary>
internal sealed class EscapeStream(Stream input, CancellationTokenSource leave) : Stream
{
    private const byte CtrlA = 1;
    private bool _escaped;

    public override bool CanRead => true;
    public override bool CanSeek => false;
    public override bool CanWrite => false;
    public override long Length => throw new NotSupportedException("keys have no length");
    public override long Position { get => throw new NotSupportedException("keys have no position"); set => throw new NotSupportedException("keys have no position"); }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var count = await input.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        for (var i = 0; i < count; i++)
        {
            var key = buffer.Span[i];
            if (_escaped && key == (byte)'q')
            {
                await leave.CancelAsync().ConfigureAwait(false);
                return 0;
            }

            _escaped = key == CtrlA;
        }

        return count;
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("read asynchronously");

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException("keys cannot seek");

    public override void SetLength(long value) => throw new NotSupportedException("keys have no length");

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("keys are read");
}
