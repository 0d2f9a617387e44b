using System.Security.Cryptography;

namespace Lxd.Daemon.Images;

/// <summary>A file of an image while it is written: what goes into the file goes into its own hash and into that of the image.</summary>
internal sealed class ImagePart : Stream
{
    private readonly FileStream _file;
    private readonly IncrementalHash _image;
    private IncrementalHash? _own;
    private long _length;

    public ImagePart(string path, IncrementalHash image)
    {
        _image = image;
        _file = new FileStream(path, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, BufferSize = 0, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite });
    }

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    /// <summary>Bytes written so far.</summary>
    public override long Length => _length;

    public override long Position
    {
        get => _length;
        set => throw new NotSupportedException();
    }

    /// <summary>Has the file's own hash computed too; call before the first write.</summary>
    public void HashAlone() => _own = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    /// <summary>The file's own hash, in hex.</summary>
    public string OwnHash() => Convert.ToHexStringLower(_own!.GetHashAndReset());

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        _image.AppendData(buffer);
        _own?.AppendData(buffer);
        _file.Write(buffer);
        _length += buffer.Length;
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        // The page cache takes it at once: an asynchronous write would only cost a change of threads.
        cancellationToken.ThrowIfCancellationRequested();
        Write(buffer.Span);
        return ValueTask.CompletedTask;
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _file.Dispose();
            _own?.Dispose();
        }

        base.Dispose(disposing);
    }
}
