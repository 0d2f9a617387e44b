namespace Lxd.Linux.Disks;

/// <summary>Renames that never overwrite.</summary>
public static class Renames
{
    /// <summary>Gives a file or directory a new place in the same file system; fails where something is there.</summary>
    public static void Move(string source, string target) => Rename(source, target, FileCalls.RenameNoReplace);

    /// <summary>Lets two files or directories change places, at once.</summary>
    public static void Exchange(string one, string other) => Rename(one, other, FileCalls.RenameExchange);

    private static void Rename(string source, string target, uint flags)
    {
        var from = RawName.ToBytes(RawName.FromText(source));
        var to = RawName.ToBytes(RawName.FromText(target));
        At.Check(FileCalls.RenameAt2(FileCalls.AtFdCwd, from, FileCalls.AtFdCwd, to, flags), "rename", RawName.FromText(source));
    }
}
