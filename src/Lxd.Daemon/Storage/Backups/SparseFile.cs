namespace Lxd.Daemon.Storage.Backups;

/// <summary>A new file written from its beginning to its end in which blocks of zeros stay holes.</summary>
internal sealed class SparseFile(string path) : Stream
{
    private const int Block = 1 << 16;
    private readonly FileStream _file = new(path, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite });

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => _file.Position;

    public override long Position
    {
        get => _file.Position;
        set => throw new NotSupportedException();
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        while (buffer.Length > 0)
        {
            var block = buffer[..Math.Min(Block, buffer.Length)];
            buffer = buffer[block.Length..];
            if (block.IndexOfAnyExcept((byte)0) < 0)
            {
                _file.Seek(block.Length, SeekOrigin.Current);
            }
            else
            {
                _file.Write(block);
            }
        }
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Write(buffer.Span);
        return ValueTask.CompletedTask;
    }

    public override void Flush() => _file.Flush();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            // A hole at the end is part of the file.
            _file.SetLength(_file.Position);
            _file.Dispose();
        }

        base.Dispose(disposing);
    }
}
