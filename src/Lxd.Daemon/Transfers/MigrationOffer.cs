using System.Text.Json.Nodes;
using Lxd.Linux.IdMaps;
using Lxd.Storage;

namespace Lxd.Daemon.Transfers;

/// <summary>A volume that a source has to give.</summary>
/// <param name="Volume">A volume, or one snapshot alone.</param>
/// <param name="Snapshots">Those of its snapshots that may go along, in their order.</param>
/// <param name="Describe">The document of version 1 that goes before the content, about these snapshots.</param>
internal sealed record MigrationOffer(IStorageDriver Driver, VolumeRef Volume, IReadOnlyList<MigrationSnapshot> Snapshots, Func<IReadOnlyList<string>, CancellationToken, Task<JsonObject>> Describe)
{
    /// <summary>Whether files may vanish while they are read. Nothing else of a volume that is in use is lost by that.</summary>
    public bool AllowInconsistent { get; init; }

    /// <summary>Keeps what uses the volume from changing it, until it is disposed; null where nothing does.</summary>
    public Func<CancellationToken, Task<IAsyncDisposable?>>? Hold { get; init; }

    /// <summary>Whether the instance is root on the host: it may have attributes of the kernel's own.</summary>
    public bool IsPrivileged { get; init; }

    /// <summary>How the owners of the files are shifted.</summary>
    public IdMap IdMap { get; init; } = IdMap.Empty;
}
