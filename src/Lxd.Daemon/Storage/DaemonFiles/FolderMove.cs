namespace Lxd.Daemon.Storage.DaemonFiles;

/// <summary>Moves a directory of the daemon's files in two steps, so that they are always complete in one place: copied while the old place is in use, removed there when the new one is.
/// What is still being written has names that are left alone (<c>lxd_partial_*</c>, or a dot in front).</summary>
internal sealed class FolderMove(string from, string to)
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const int BufferSize = 1 << 20;
    private readonly HashSet<string> _copied = [];

    /// <summary>First step.</summary>
    public async Task CopyAsync(CancellationToken ct)
    {
        Directory.CreateDirectory(to, Private);
        foreach (var folder in Directory.Exists(from) ? Directory.GetDirectories(from, "*", SearchOption.AllDirectories) : [])
        {
            if (!IsUnfinished(folder))
            {
                Directory.CreateDirectory(In(to, folder), Private);
            }
        }

        foreach (var file in Files())
        {
            await CopyAsync(file, ct).ConfigureAwait(false);
        }
    }

    /// <summary>Takes the first step back.</summary>
    public void Undo()
    {
        foreach (var file in _copied)
        {
            File.Delete(In(to, file));
        }

        RemoveEmpty(to);
    }

    /// <summary>Second step: what came meanwhile follows, what went meanwhile goes, and the old place is cleared.</summary>
    public async Task FinishAsync(CancellationToken ct)
    {
        foreach (var gone in _copied.Where(f => !File.Exists(f)))
        {
            File.Delete(In(to, gone));
        }

        foreach (var file in Files())
        {
            if (!File.Exists(In(to, file)))
            {
                await CopyAsync(file, ct).ConfigureAwait(false);
            }

            File.Delete(file);
        }

        RemoveEmpty(from);
    }

    private List<string> Files() => Directory.Exists(from) ? [.. Directory.GetFiles(from, "*", SearchOption.AllDirectories).Where(f => !IsUnfinished(f))] : [];

    private string In(string place, string path) => Path.Combine(place, Path.GetRelativePath(from, path));

    private bool IsUnfinished(string path) => Path.GetRelativePath(from, path).Split('/').Any(n => n.StartsWith('.') || n.StartsWith("lxd_partial_", StringComparison.Ordinal));

    /// <summary>A half copy has a name that the next start removes.</summary>
    private async Task CopyAsync(string file, CancellationToken ct)
    {
        var target = In(to, file);
        Directory.CreateDirectory(Path.GetDirectoryName(target)!, Private);
        var half = Path.Combine(Path.GetDirectoryName(target)!, $".{Guid.NewGuid():N}");
        try
        {
            await using (var input = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, BufferSize))
            await using (var output = new FileStream(half, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite }))
            {
                await input.CopyToAsync(output, BufferSize, ct).ConfigureAwait(false);
            }

            File.Move(half, target, true);
        }
        catch
        {
            File.Delete(half);
            throw;
        }

        _copied.Add(file);
    }

    private static void RemoveEmpty(string place)
    {
        if (!Directory.Exists(place))
        {
            return;
        }

        foreach (var folder in Directory.GetDirectories(place, "*", SearchOption.AllDirectories).OrderByDescending(d => d.Length).Append(place))
        {
            if (!Directory.EnumerateFileSystemEntries(folder).Any())
            {
                Directory.Delete(folder);
            }
        }
    }
}
