using Lxd.Linux.Disks;
using Microsoft.Win32.SafeHandles;

namespace Lxd.Linux.Archives;

/// <summary>Where a file has data.</summary>
internal static class HoleMap
{
    private const int SeekData = 3;
    private const int SeekHole = 4;

    /// <summary>The parts with data, or null for a file without holes. The last part ends at the file's end, if only by being empty there.</summary>
    public static List<(long Offset, long Length)>? Of(SafeFileHandle file, long size)
    {
        var fd = At.Fd(file);
        if (FileCalls.Seek(fd, 0, SeekHole) is var first && (first < 0 || first >= size))
        {
            return null;
        }

        var map = new List<(long, long)>();
        for (long at = 0; at < size;)
        {
            var data = FileCalls.Seek(fd, at, SeekData);
            if (data < 0 || data >= size)
            {
                break;
            }

            var hole = FileCalls.Seek(fd, data, SeekHole);
            hole = hole < 0 || hole > size ? size : hole;
            map.Add((data, hole - data));
            at = hole;
        }

        if (map.Count == 0 || map[^1].Item1 + map[^1].Item2 < size)
        {
            map.Add((size, 0));
        }

        return map;
    }
}
