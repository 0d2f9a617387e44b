using System.Globalization;
using System.Text;

namespace Lxd.Monitor.Syscalls;

/// <summary><c>mount TYPE SOURCE TARGET FLAGS OPTIONS SHIFT USER...</c> with the caller's root, working directory, mount and user namespace as descriptors 3 to 6. A device is
/// opened as the caller may open it; the file system has no devices of its own, whatever the caller asked.</summary>
internal static unsafe class MountVerb
{
    private const int NewMounts = 0x20000;
    private const int FsOpen = 430;
    private const int FsConfig = 431;
    private const int FsMount = 432;
    private const int MoveMount = 429;
    private const int MountSetattr = 442;
    private const int SetFlag = 0;
    private const int SetString = 1;
    private const int Create = 6;
    private const int AttributeIdmap = 0x100000;
    private const int EmptyPath = 0x1000;
    private const int MoveByDescriptors = 4 | 0x40;
    private const int NoDevices = 4;
    private const int ReadWrite = 2;

    /// <summary>What <c>mount</c> calls them and the new calls do.</summary>
    private static readonly (ulong Flag, uint Attribute)[] Attributes = [(1, 1), (2, 2), (8, 8), (1024, 0x10), (1 << 24, 0x20), (2048, 0x80)];

    public static int Run(string[] args)
    {
        var flags = ulong.Parse(args[3], CultureInfo.InvariantCulture);
        var options = args[4].Split(',', StringSplitOptions.RemoveEmptyEntries);
        var device = -1;
        if (NeedsDevice(args[0]))
        {
            var code = CallFailed.Run(() => device = OpenDevice(args[1], (flags & 1) != 0, new ContainerUser(args.AsSpan(6))));
            if (code != 0)
            {
                return code;
            }

            // Paths among the options would be looked up as the host's root.
            if (options.Any(o => o.Contains('/')))
            {
                return CallFailed.NotPermitted;
            }
        }

        return CallFailed.Run(() =>
        {
            var made = device >= 0 ? Make(args[0], $"/proc/self/fd/{device}", flags, options) : -1;
            Calls.Need(Calls.unshare(0x200));
            Calls.Need(Calls.setns(5, NewMounts));
            Calls.Enter(3, 4);
            made = made >= 0 ? made : Make(args[0], args[1], flags, options);
            var mount = (int)Calls.Need(Calls.syscall(FsMount, made, 1, Attributes.Where(a => (flags & a.Flag) != 0).Aggregate((uint)NoDevices, (all, a) => all | a.Attribute), 0, 0, 0));
            byte empty = 0;
            if (args[5] == "shift")
            {
                var attributes = stackalloc ulong[4];
                attributes[0] = AttributeIdmap;
                attributes[1] = attributes[2] = 0;
                attributes[3] = 6;
                Calls.Need(Calls.syscall(MountSetattr, mount, (long)&empty, EmptyPath, (long)attributes, 32, 0));
            }

            var target = Calls.Open(args[2], Calls.PathOnly);
            Calls.Need(Calls.syscall(MoveMount, mount, (long)&empty, target, (long)&empty, MoveByDescriptors, 0));
        });
    }

    private static int OpenDevice(string path, bool readOnly, ContainerUser user)
    {
        Calls.Live(3, 4);
        user.Become(0);
        if (!Calls.Stat(Calls.Open(path, Calls.PathOnly)).IsBlock)
        {
            throw new CallFailed(CallFailed.NotABlockDevice);
        }

        var device = Calls.Open(path, (readOnly ? 0 : ReadWrite) | Calls.NonBlocking);
        return Calls.Stat(device).IsBlock ? device : throw new CallFailed(CallFailed.NotABlockDevice);
    }

    private static int Make(string type, string source, ulong flags, string[] options)
    {
        int made;
        fixed (byte* name = Bytes(type))
        {
            made = (int)Calls.Need(Calls.syscall(FsOpen, (long)name, 1, 0, 0, 0, 0));
        }

        Set(made, "source", source);
        foreach (var flag in (ReadOnlySpan<(ulong Bit, string Name)>)[(1, "ro"), (16, "sync"), (128, "dirsync"), (1 << 25, "lazytime")])
        {
            if ((flags & flag.Bit) != 0)
            {
                Set(made, flag.Name, null);
            }
        }

        foreach (var option in options)
        {
            var parts = option.Split('=', 2);
            Set(made, parts[0], parts.Length > 1 ? parts[1] : null);
        }

        Calls.Need(Calls.syscall(FsConfig, made, Create, 0, 0, 0, 0));
        return made;
    }

    private static void Set(int made, string key, string? value)
    {
        fixed (byte* name = Bytes(key), text = Bytes(value ?? ""))
        {
            Calls.Need(Calls.syscall(FsConfig, made, value is null ? SetFlag : SetString, (long)name, value is null ? 0 : (long)text, 0, 0));
        }
    }

    /// <summary>What the kernel's list does not call "nodev"; a type it has yet to load is taken for one of a device.</summary>
    private static bool NeedsDevice(string type) => !File.ReadLines("/proc/filesystems").Any(l => l.StartsWith("nodev", StringComparison.Ordinal) && l.EndsWith("\t" + type, StringComparison.Ordinal));

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text + "\0");
}
