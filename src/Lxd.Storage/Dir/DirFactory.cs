using Lxd.Core.Config;

namespace Lxd.Storage.Dir;

/// <summary>The driver <c>dir</c>.</summary>
internal sealed class DirFactory : IStorageDriverFactory
{
    public string Name => "dir";

    public string Version => "1";

    public bool Available => true;

    public ConfigSchema PoolKeys { get; } = CommonKeys.ForPool("dir", CommonKeys.Rsync);

    public ConfigSchema VolumeKeys(VolumeType type, ContentType content) => CommonKeys.ForVolume(type, content);

    public IStorageDriver Open(PoolSpec pool) => new DirDriver(pool, this);
}
