using System.Globalization;
using System.Runtime.InteropServices;

namespace Lxd.Linux.Memory;

/// <summary>Memory this process holds and does not need for now.</summary>
public static partial class ResidentMemory
{
    private const int DontNeed = 4;

    /// <summary>Gives back what is free in the heaps.</summary>
    public static void ReleaseHeap()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        _ = malloc_trim(0);
    }

    /// <summary>Lets go of the pages of programs and libraries: what of their code is used comes back from the page cache.</summary>
    public static void ReleaseCode()
    {
        foreach (var (start, length) in CleanMappings())
        {
            _ = madvise(start, length, DontNeed);
        }
    }

    /// <summary>The read-only mappings of files in which no page was ever written: relocations make private copies, and those exist nowhere else.</summary>
    private static List<(nint Start, nuint Length)> CleanMappings()
    {
        var clean = new List<(nint, nuint)>();
        (nint Start, nuint Length)? mapping = null;
        foreach (var line in File.ReadLines("/proc/self/smaps"))
        {
            if (line.Length > 0 && char.IsAsciiHexDigitLower(line[0]))
            {
                var fields = line.Split(' ', 6, StringSplitOptions.RemoveEmptyEntries);
                var range = fields[0].Split('-');
                var start = nuint.Parse(range[0], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
                mapping = fields[1][1] == '-' && fields.Length == 6 && fields[5][0] == '/' ? ((nint)start, nuint.Parse(range[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture) - start) : null;
            }
            else if (mapping is { } found && line.StartsWith("Anonymous:", StringComparison.Ordinal))
            {
                if (line.AsSpan(10).Trim().SequenceEqual("0 kB"))
                {
                    clean.Add(found);
                }

                mapping = null;
            }
        }

        return clean;
    }

    [LibraryImport("libc")]
    private static partial int madvise(nint start, nuint length, int advice);

    [LibraryImport("libc")]
    private static partial int malloc_trim(nuint keep);
}
