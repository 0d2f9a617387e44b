using Microsoft.Win32.SafeHandles;
using static Lxd.Linux.Disks.FileCalls;

namespace Lxd.Linux.Disks;

/// <summary>Walks a tree ahead of who reads it and has the disk bring its files: a tree that is not in memory (a fresh clone never is) is otherwise waited for file by file.
/// The kernel reads no more of each than it reads ahead by itself, and the walk stays near, so little memory is taken. What goes wrong is left for the reader to meet.</summary>
internal sealed class ReadAhead : IDisposable
{
    private const int Most = 256;
    private const int MaxDepth = 4096;
    private const int WillNeed = 3;
    private readonly object _gate = new();
    private readonly Thread _thread;
    private readonly bool _sorted;
    private int _ahead;
    private bool _ended;

    /// <param name="sorted">Whether the reader goes by name rather than in the order of the directories.</param>
    public ReadAhead(SafeFileHandle root, bool sorted)
    {
        _sorted = sorted;
        var own = At.OpenDirectory(root, ".");
        _thread = new Thread(() => Walk(own)) { IsBackground = true, Name = "Ahead" };
        _thread.Start();
    }

    /// <summary>The reader has come to one more name.</summary>
    public void Passed()
    {
        lock (_gate)
        {
            if (--_ahead == Most)
            {
                Monitor.Pulse(_gate);
            }
        }
    }

    /// <summary>Nothing of the tree is open afterwards.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _ended = true;
            Monitor.Pulse(_gate);
        }

        _thread.Join();
    }

    private void Walk(SafeFileHandle root)
    {
        using (root)
        {
            try
            {
                Directory(root, 0);
            }
            catch (IOException)
            {
                // The reader will say so.
            }
        }
    }

    private void Directory(SafeFileHandle dir, int depth)
    {
        if (depth > MaxDepth)
        {
            return;
        }

        var names = At.List(dir);
        if (_sorted)
        {
            names.Sort(StringComparer.Ordinal);
        }

        foreach (var name in names)
        {
            var wanted = Near();
            if (_ended)
            {
                return;
            }

            switch (At.TryStat(dir, name))
            {
                case { IsDirectory: true }:
                    using (var inner = At.OpenDirectory(dir, name))
                    {
                        Directory(inner, depth + 1);
                    }

                    break;
                case { IsRegular: true, Size: > 0 } stat when wanted:
                    Ask(dir, name, stat.Size);
                    break;
            }
        }
    }

    /// <summary>Waits until the reader is near; false where it is past already or gone.</summary>
    private bool Near()
    {
        lock (_gate)
        {
            _ahead++;
            while (_ahead > Most && !_ended)
            {
                Monitor.Wait(_gate);
            }

            return _ahead > 0 && !_ended;
        }
    }

    private static void Ask(SafeFileHandle dir, string name, long size)
    {
        if (OpenAt(At.Fd(dir), RawName.ToBytes(name), OReadOnly | ONonBlock | ONoFollow | OCloseOnExec, 0) is >= 0 and var fd)
        {
            using var file = new SafeFileHandle(fd, ownsHandle: true);
            _ = Advise(fd, 0, size, WillNeed);
        }
    }
}
