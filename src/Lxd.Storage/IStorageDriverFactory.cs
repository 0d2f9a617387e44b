using Lxd.Core.Config;

namespace Lxd.Storage;

/// <summary>A kind of storage: its name, its keys, and the way to a driver for a pool.</summary>
public interface IStorageDriverFactory
{
    string Name { get; }

    /// <summary>The version shown by <c>lxc info</c>: the tool's or <c>1</c>.</summary>
    string Version { get; }

    /// <summary>Whether this host can use it.</summary>
    bool Available { get; }

    /// <summary>Keys of a pool, those of all drivers included.</summary>
    ConfigSchema PoolKeys { get; }

    /// <summary>Keys of a volume; with the prefix <c>volume.</c> they are defaults on the pool.</summary>
    ConfigSchema VolumeKeys(VolumeType type, ContentType content);

    IStorageDriver Open(PoolSpec pool);
}
