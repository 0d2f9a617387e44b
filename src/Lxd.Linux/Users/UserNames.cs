using Mono.Unix.Native;

namespace Lxd.Linux.Users;

/// <summary>Names of the host's users and groups.</summary>
public static class UserNames
{
    /// <summary>The user's name, or the number itself where nobody has it.</summary>
    public static string OfUid(uint uid) => uid == 0 ? "root" : Syscall.getpwuid(uid)?.pw_name ?? uid.ToString(System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>The user's home directory; <c>/</c> where there is no such user.</summary>
    public static string HomeOf(uint uid) => Syscall.getpwuid(uid)?.pw_dir ?? "/";

    public static bool UserExists(string name) => Syscall.getpwnam(name) is not null;

    /// <summary>The group's id, or null where there is no such group.</summary>
    public static uint? GroupId(string name) => Syscall.getgrnam(name)?.gr_gid;

    /// <summary>Gives a file to a group; the owner stays.</summary>
    public static void SetGroup(string path, uint gid)
    {
        if (Syscall.chown(path, uint.MaxValue, gid) != 0)
        {
            throw new IOException($"Failed changing the group of {path}: {Stdlib.GetLastError()}");
        }
    }

    /// <summary>Gives a file or directory itself, not what is below it, another owner.</summary>
    public static void SetOwner(string path, uint uid, uint gid)
    {
        if (Syscall.lchown(path, uid, gid) != 0)
        {
            throw new IOException($"Failed changing the owner of {path}: {Stdlib.GetLastError()}");
        }
    }
}
