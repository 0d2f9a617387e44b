using System.Buffers.Binary;
using Lxd.Core.Sftp;

namespace Lxd.Daemon.Instances.Files.Sftp;

/// <summary>What a session has open.</summary>
internal sealed class SftpHandles : IDisposable
{
    public const int Most = 512;
    private readonly Dictionary<uint, IDisposable> _open = [];
    private uint _next;

    public int Count => _open.Count;

    public void Dispose()
    {
        foreach (var open in _open.Values)
        {
            open.Dispose();
        }

        _open.Clear();
    }

    /// <summary>Throws where no more may be opened: ask before opening.</summary>
    public void CheckRoom()
    {
        if (_open.Count >= Most)
        {
            throw new SftpFailure(SftpStatus.Failure, "Too many open files");
        }
    }

    public byte[] Add(IDisposable opened)
    {
        do
        {
            _next++;
        }
        while (_open.ContainsKey(_next));
        _open[_next] = opened;
        var handle = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(handle, _next);
        return handle;
    }

    public T Get<T>(ReadOnlySpan<byte> handle) where T : class => Find(handle) as T ?? throw Invalid();

    public void Close(ReadOnlySpan<byte> handle)
    {
        var opened = Find(handle) ?? throw Invalid();
        _open.Remove(BinaryPrimitives.ReadUInt32BigEndian(handle));
        opened.Dispose();
    }

    private static SftpFailure Invalid() => new(SftpStatus.Failure, "Invalid handle");

    private IDisposable? Find(ReadOnlySpan<byte> handle) => handle.Length == 4 ? _open.GetValueOrDefault(BinaryPrimitives.ReadUInt32BigEndian(handle)) : null;
}
