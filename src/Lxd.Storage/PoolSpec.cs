namespace Lxd.Storage;

/// <summary>A pool as a driver sees it.</summary>
/// <param name="MountPath">Where its volumes are reached: <c>LXD_DIR/storage-pools/NAME</c>.</param>
/// <param name="DisksPath">The folder of loop files: <c>LXD_DIR/disks</c>.</param>
/// <param name="Config">The pool's keys, <c>volatile.*</c> included.</param>
public sealed record PoolSpec(string Name, string MountPath, string DisksPath, IReadOnlyDictionary<string, string> Config)
{
    public string Get(string key) => Config.GetValueOrDefault(key, "");
}
