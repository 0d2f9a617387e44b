namespace Lxd.Client.Oidc;

/// <summary>Files with secrets, which only their owner may read.</summary>
internal static class PrivateFile
{
    private const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    public static void Write(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!, Owner | UnixFileMode.UserExecute);
        File.Delete(path + ".new");
        using (var file = new StreamWriter(path + ".new", new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = Owner }))
        {
            file.Write(text);
        }

        File.Move(path + ".new", path, true);
    }
}
