using System.Text;
using Tmds.Linux;
using static Tmds.Linux.LibC;

namespace Lxd.Linux.Files;

/// <summary>What a path leads to, whatever it is called.</summary>
public readonly record struct InodeNumber(ulong Device, ulong Number)
{
    /// <summary>Null where there is nothing.</summary>
    public static unsafe InodeNumber? Of(string path)
    {
        stat result;
        fixed (byte* p = Encoding.UTF8.GetBytes(path + "\0"))
        {
            return stat(p, &result) == 0 ? new InodeNumber((ulong)result.st_dev, (ulong)result.st_ino) : null;
        }
    }
}
