using System.Globalization;

namespace Lxd.Monitor.Syscalls;

/// <summary><c>setxattr PATH FLAGS USER...</c>: marks a directory as opaque for overlayfs. Descriptors as for <c>mknod</c>.</summary>
internal static unsafe class SetxattrVerb
{
    public static int Run(string[] args) => CallFailed.Run(() =>
    {
        var user = new ContainerUser(args.AsSpan(2));
        Calls.Live(3, 4);
        user.Become(ContainerUser.SysAdmin | ContainerUser.DacReadSearch);
        user.Use(user.Search);
        var directory = Calls.Open(args[0], Calls.OnlyDirectory);

        // The kernel asks for no right over the file where it is the host's administrator who marks it.
        var inode = Calls.Stat(directory);
        if (!user.Covers(inode) || !user.Owns(inode))
        {
            throw new CallFailed(CallFailed.NotPermitted);
        }

        user.Use(ContainerUser.SysAdmin);
        var value = (byte)'y';
        Calls.Need(Calls.fsetxattr(directory, "trusted.overlay.opaque", &value, 1, int.Parse(args[1], CultureInfo.InvariantCulture)));
    });
}
