using Lxd.Linux.Disks;
using Microsoft.Win32.SafeHandles;

namespace Lxd.Linux.Mounts;

/// <summary>Something of the host held open, so that nobody can put another in its place before it is mounted.</summary>
public sealed class FoundSource : IDisposable
{
    private readonly SafeFileHandle _file;

    internal FoundSource(SafeFileHandle file) => _file = file;

    public bool IsDirectory => Directory.Exists(At.ProcPath(_file));

    /// <summary>Shows it at a second place, a directory or a file as it is one itself.</summary>
    public void BindTo(string target, bool recursive) => HostMounts.Bind(At.ProcPath(_file), target, recursive);

    public void Dispose() => _file.Dispose();
}
