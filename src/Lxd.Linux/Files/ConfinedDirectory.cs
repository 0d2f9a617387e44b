using Lxd.Linux.Disks;
using Microsoft.Win32.SafeHandles;

namespace Lxd.Linux.Files;

/// <summary>An open directory of a <see cref="ConfinedRoot"/>, listed piece by piece however large it is.</summary>
public sealed class ConfinedDirectory : IDisposable
{
    private readonly SafeFileHandle _directory;
    private readonly Func<string, string> _shown;
    private readonly byte[] _buffer = new byte[8192];

    internal ConfinedDirectory(SafeFileHandle directory, Func<string, string> shown)
    {
        _directory = directory;
        _shown = shown;
    }

    public void Dispose() => _directory.Dispose();

    public FileEntry Stat() => ConfinedRoot.Entry(At.Stat(_directory));

    /// <summary>The next entries, at most a few hundred; none at the end. What vanishes meanwhile is left out.</summary>
    public IReadOnlyList<(string Name, FileEntry Entry)> Next()
    {
        while (At.ListSome(_directory, _buffer) is { } names)
        {
            var entries = new List<(string, FileEntry)>(names.Count);
            foreach (var name in names)
            {
                if (At.TryStat(_directory, name) is { } stat)
                {
                    entries.Add((_shown(name), ConfinedRoot.Entry(stat)));
                }
            }

            if (entries.Count > 0)
            {
                return entries;
            }
        }

        return [];
    }
}
