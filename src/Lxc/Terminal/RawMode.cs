using System.Runtime.InteropServices;

namespace Lxc.Terminal;

/// <summary>The terminal passes every key on as it is, until disposed.</summary>
internal sealed unsafe partial class RawMode : IDisposable
{
    private const int StructureSize = 64;
    private readonly byte[] _before = new byte[StructureSize];

    private RawMode()
    {
    }

    /// <summary>Null where standard input is no terminal.</summary>
    public static RawMode? Enter()
    {
        var mode = new RawMode();
        var raw = stackalloc byte[StructureSize];
        fixed (byte* before = mode._before)
        {
            if (tcgetattr(0, before) != 0)
            {
                return null;
            }

            Buffer.MemoryCopy(before, raw, StructureSize, StructureSize);
        }

        cfmakeraw(raw);
        return tcsetattr(0, 0, raw) == 0 ? mode : null;
    }

    public static (int Width, int Height) Size()
    {
        var size = stackalloc ushort[4];
        for (var fd = 0; fd < 3; fd++)
        {
            if (ioctl(fd, 0x5413, (nint)size) == 0 && size[0] > 0)
            {
                return (size[1], size[0]);
            }
        }

        return (80, 24);
    }

    public void Dispose()
    {
        fixed (byte* before = _before)
        {
            _ = tcsetattr(0, 0, before);
        }
    }

    [LibraryImport("libc")]
    private static partial int tcgetattr(int fd, byte* attributes);

    [LibraryImport("libc")]
    private static partial int tcsetattr(int fd, int actions, byte* attributes);

    [LibraryImport("libc")]
    private static partial void cfmakeraw(byte* attributes);

    [LibraryImport("libc")]
    private static partial int ioctl(int fd, nuint request, nint value);
}
