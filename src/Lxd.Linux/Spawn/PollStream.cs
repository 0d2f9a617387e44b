using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using static Tmds.Linux.LibC;

namespace Lxd.Linux.Spawn;

/// <summary>A pipe or terminal as a stream of asynchronous reads and writes. Reading ends at the end of the pipe, when a terminal hangs up, and, once
/// <see cref="EndWhenEmpty"/> was called, as soon as nothing is left to read, though somebody may hold the other side open.</summary>
public sealed class PollStream : Stream
{
    private readonly SafeFileHandle _handle;
    private readonly Lazy<int> _writeFd;
    private volatile bool _endWhenEmpty;
    private volatile bool _closed;

    public PollStream(SafeFileHandle handle)
    {
        _handle = handle;
        // One descriptor is waited for by one at a time, so writes have a copy of it.
        _writeFd = new Lazy<int>(() => fcntl(Fd, F_DUPFD_CLOEXEC, 0));
        _ = fcntl(Fd, F_SETFL, O_NONBLOCK);
    }

    public override bool CanRead => true;
    public override bool CanWrite => true;
    public override bool CanSeek => false;
    public override long Length => throw new NotSupportedException("a pipe has no length");
    public override long Position { get => throw new NotSupportedException("a pipe has no position"); set => throw new NotSupportedException("a pipe has no position"); }

    private int Fd => (int)_handle.DangerousGetHandle();

    /// <summary>What is in the pipe is still read; then reads end.</summary>
    public void EndWhenEmpty()
    {
        _endWhenEmpty = true;
        FdEvents.Wake(Fd);
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var now = TryRead(buffer.Span);
        return now >= 0 ? ValueTask.FromResult(now) : new ValueTask<int>(ReadSlowAsync(buffer, cancellationToken));
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (buffer.Length > 0)
        {
            var written = TryWrite(buffer.Span);
            if (written > 0)
            {
                buffer = buffer[written..];
                continue;
            }

            await WaitAsync(_writeFd.Value, EPOLLOUT, cancellationToken).ConfigureAwait(false);
        }
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("read asynchronously");

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("write asynchronously");

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException("a pipe cannot seek");

    public override void SetLength(long value) => throw new NotSupportedException("a pipe has no length");

    protected override void Dispose(bool disposing)
    {
        if (disposing && !_closed)
        {
            _closed = true;
            FdEvents.Wake(Fd);
            if (_writeFd.IsValueCreated)
            {
                FdEvents.Wake(_writeFd.Value);
                _ = close(_writeFd.Value);
            }

            _handle.Dispose();
        }

        base.Dispose(disposing);
    }

    private async Task<int> ReadSlowAsync(Memory<byte> buffer, CancellationToken ct)
    {
        while (true)
        {
            await WaitAsync(Fd, EPOLLIN, ct).ConfigureAwait(false);
            var count = TryRead(buffer.Span);
            if (count >= 0)
            {
                return count;
            }

            if (_endWhenEmpty)
            {
                return 0;
            }
        }
    }

    /// <summary>The bytes read, 0 at the end, -1 where there is nothing yet.</summary>
    private unsafe int TryRead(Span<byte> buffer)
    {
        if (_closed)
        {
            return 0;
        }

        fixed (byte* p = buffer)
        {
            var count = (int)read(Fd, p, buffer.Length);
            if (count >= 0)
            {
                return count;
            }

            // A terminal whose other side has hung up has an input/output error.
            var error = Marshal.GetLastPInvokeError();
            return error == EINTR || error == EAGAIN && !_endWhenEmpty ? -1
                : error == EAGAIN || error == EIO ? 0
                : throw new IOException($"Failed reading: {Marshal.GetPInvokeErrorMessage(error)}");
        }
    }

    private unsafe int TryWrite(ReadOnlySpan<byte> buffer)
    {
        if (_closed)
        {
            throw new IOException("The pipe is closed");
        }

        fixed (byte* p = buffer)
        {
            var count = (int)write(Fd, p, buffer.Length);
            if (count >= 0)
            {
                return count;
            }

            var error = Marshal.GetLastPInvokeError();
            return error == EINTR || error == EAGAIN ? 0 : throw new IOException($"Failed writing: {Marshal.GetPInvokeErrorMessage(error)}");
        }
    }

    private async Task WaitAsync(int fd, int events, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        var ready = FdEvents.WaitAsync(fd, events);
        using (ct.Register(() => FdEvents.Wake(fd)))
        {
            // What was asked between the last try and the wait must not be slept over.
            if (_closed || _endWhenEmpty && events == EPOLLIN)
            {
                FdEvents.Wake(fd);
            }

            await ready.ConfigureAwait(false);
        }

        ct.ThrowIfCancellationRequested();
    }
}
