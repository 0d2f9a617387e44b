using System.Runtime.InteropServices;
using Lxd.Linux.Processes;

namespace Lxd.Linux.Files;

/// <summary>File system work as another user: what is made belongs to that user, also on mounts of user namespaces that do not know the host's root.</summary>
public static partial class FileIdentity
{
    /// <summary>Runs the work on a thread of its own that has the ids for all its file access.</summary>
    public static Task<T> RunAsync<T>(uint uid, uint gid, Func<T> work) => OwnThread.RunAsync("file identity", () =>
    {
        _ = setfsgid(gid);
        _ = setfsuid(uid);
        return work();
    });

    [LibraryImport("libc")]
    private static partial int setfsuid(uint uid);

    [LibraryImport("libc")]
    private static partial int setfsgid(uint gid);
}
