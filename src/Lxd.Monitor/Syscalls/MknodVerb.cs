using System.Globalization;

namespace Lxd.Monitor.Syscalls;

/// <summary><c>mknod PATH MODE DEVICE USER...</c> with the caller's root as descriptor 3 and the directory the path begins at as 4. The daemon has checked the device.</summary>
internal static class MknodVerb
{
    public static int Run(string[] args) => CallFailed.Run(() =>
    {
        var user = new ContainerUser(args.AsSpan(3));
        var slash = args[0].LastIndexOf('/');
        Calls.Live(3, 4);
        user.Become(ContainerUser.Mknod | ContainerUser.DacReadSearch | ContainerUser.DacOverride);
        user.Use(user.Search);
        var parent = Calls.Open(slash < 0 ? "." : slash == 0 ? "/" : args[0][..slash], Calls.PathOnly | Calls.OnlyDirectory);
        var everywhere = user.Has(ContainerUser.DacOverride) && user.Covers(Calls.Stat(parent)) ? ContainerUser.DacOverride : 0;
        user.Use(ContainerUser.Mknod | everywhere);
        Calls.Need(Calls.mknodat(parent, args[0][(slash + 1)..], uint.Parse(args[1], CultureInfo.InvariantCulture), Device(uint.Parse(args[2], CultureInfo.InvariantCulture))));
    });

    /// <summary>The kernel's 32 bits as the C library's 64: all devices that come here are small ones, the same in both.</summary>
    private static ulong Device(uint device) => device;
}
