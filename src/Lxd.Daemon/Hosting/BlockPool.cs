using System.Buffers;
using Microsoft.AspNetCore.Connections;

namespace Lxd.Daemon.Hosting;

/// <summary>What connections read into and write from. Kestrel's own blocks are of 4 KiB, a system call for each: half a gigabyte is 120,000 of them. Blocks of the shared pool serve all, and are held only
/// as long as data is on its way.</summary>
internal sealed class BlockPool : MemoryPool<byte>
{
    private const int Size = 64 << 10;

    public override int MaxBufferSize => Array.MaxLength;

    public override IMemoryOwner<byte> Rent(int minBufferSize = -1) => new Block(Math.Max(minBufferSize, Size));

    protected override void Dispose(bool disposing)
    {
        // the blocks are the shared pool's
    }

    internal sealed class Factory : IMemoryPoolFactory<byte>
    {
        public MemoryPool<byte> Create(MemoryPoolOptions? options = null) => new BlockPool();
    }

    private sealed class Block(int size) : IMemoryOwner<byte>
    {
        private byte[]? _bytes = ArrayPool<byte>.Shared.Rent(size);

        public Memory<byte> Memory => _bytes ?? throw new ObjectDisposedException(nameof(Block));

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _bytes, null) is { } bytes)
            {
                ArrayPool<byte>.Shared.Return(bytes);
            }
        }
    }
}
