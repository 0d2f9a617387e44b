using System.Buffers;

namespace Lxd.Daemon.Http;

/// <summary>A growing buffer of pieces from the shared pool. A list of a thousand instances is a megabyte: taken from the heap for each request, or in arrays twice as large each time,
/// it would stay there until the rarest collection.</summary>
internal sealed class PooledBuffer : IBufferWriter<byte>, IDisposable
{
    private const int Small = 16 << 10;
    private const int Large = 64 << 10;
    private readonly List<(byte[] Bytes, int Length)> _full = [];
    private byte[] _bytes = ArrayPool<byte>.Shared.Rent(Small);
    private int _length;
    private long _before;

    public long Length => _before + _length;

    public void Advance(int count) => _length += count;

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        if (_bytes.Length - _length < Math.Max(sizeHint, 256))
        {
            _full.Add((_bytes, _length));
            _before += _length;
            (_bytes, _length) = (ArrayPool<byte>.Shared.Rent(Math.Max(sizeHint, Large)), 0);
        }

        return _bytes.AsMemory(_length);
    }

    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    public async Task CopyToAsync(Stream target, CancellationToken ct)
    {
        foreach (var (bytes, length) in _full)
        {
            await target.WriteAsync(bytes.AsMemory(0, length), ct).ConfigureAwait(false);
        }

        await target.WriteAsync(_bytes.AsMemory(0, _length), ct).ConfigureAwait(false);
    }

    public void Dispose()
    {
        foreach (var (bytes, _) in _full)
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }

        _full.Clear();
        ArrayPool<byte>.Shared.Return(_bytes);
        (_bytes, _length) = ([], 0);
    }
}
