using Lxd.Core;

namespace Lxd.Storage;

/// <summary>The drivers there are.</summary>
public static class StorageDrivers
{
    private static readonly IStorageDriverFactory[] Known = [new Btrfs.BtrfsFactory(), new Dir.DirFactory()];

    public static IReadOnlyList<IStorageDriverFactory> All => Known;

    /// <summary>The driver of this name; a bad request where there is none.</summary>
    public static IStorageDriverFactory Get(string name) =>
        Array.Find(Known, d => d.Name == name) ?? throw ApiException.BadRequest($"Unknown storage driver \"{name}\"");
}
