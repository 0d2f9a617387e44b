namespace Lxd.Core;

/// <summary>Files that are there whole or not at all, whatever happens while they are written.</summary>
public static class SafeFile
{
    private const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode Everybody = Owner | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    /// <summary>Writes what is no secret.</summary>
    public static void Write(string path, string text) => Write(path, text, Everybody);

    /// <summary>Writes a secret, which only its owner may read; its directory is made where it is missing.</summary>
    public static void WritePrivate(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!, Owner | UnixFileMode.UserExecute);
        Write(path, text, Owner);
    }

    private static void Write(string path, string text, UnixFileMode mode)
    {
        File.Delete(path + ".new");
        using (var file = new FileStream(path + ".new", new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = mode }))
        {
            file.Write(System.Text.Encoding.UTF8.GetBytes(text));
            file.Flush(flushToDisk: true);
        }

        File.Move(path + ".new", path, true);
    }
}
