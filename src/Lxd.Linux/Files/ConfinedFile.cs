using Lxd.Linux.Disks;
using Lxd.Linux.Mounts;
using Microsoft.Win32.SafeHandles;

namespace Lxd.Linux.Files;

/// <summary>An open file of a <see cref="ConfinedRoot"/>.</summary>
public sealed class ConfinedFile : IDisposable
{
    private readonly SafeFileHandle _file;

    internal ConfinedFile(SafeFileHandle file) => _file = file;

    public void Dispose() => _file.Dispose();

    public FileEntry Stat() => ConfinedRoot.Entry(At.Stat(_file));

    /// <summary>The file system it is on.</summary>
    public MountedFileSystem FileSystem() => HostMounts.Describe(At.ProcPath(_file));

    public int Read(Span<byte> buffer, long offset) => RandomAccess.Read(_file, buffer, offset);

    public void Write(ReadOnlySpan<byte> data, long offset) => RandomAccess.Write(_file, data, offset);

    /// <summary>Waits until all is on the disk.</summary>
    public void Sync() => RandomAccess.FlushToDisk(_file);

    public void SetSize(long size) => At.SetSize(_file, size);

    /// <summary><see cref="uint.MaxValue"/> keeps an id.</summary>
    public void SetOwner(uint uid, uint gid) => At.Chown(_file, uid, gid);

    public void SetMode(uint mode) => At.Chmod(_file, mode & 0xfff);

    public void SetTimes(DateTime accessed, DateTime modified) => At.SetTimes(_file, ConfinedRoot.Split(accessed), ConfinedRoot.Split(modified));
}
