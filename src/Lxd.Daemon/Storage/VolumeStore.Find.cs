using Lxd.Daemon.Store;
using Lxd.Storage;

namespace Lxd.Daemon.Storage;

internal sealed partial class VolumeStore
{
    /// <summary>One volume by its full name, without who uses it; null where there is none.</summary>
    public Task<VolumeRecord?> FindAsync(string pool, string project, VolumeType type, string name, CancellationToken ct) => database.ReadAsync(
        async tx =>
        {
            var volume = await tx.FirstAsync($"{Select} WHERE sp.name = ? AND p.name = ? AND v.type = ? AND v.name = ?", Map, pool, project, (long)type, name).ConfigureAwait(false);
            if (volume is null)
            {
                return null;
            }

            var config = await Config.ReadAsync(tx, "= ?", volume.Id).ConfigureAwait(false);
            return volume with { Config = config.GetValueOrDefault(volume.Id) ?? [] };
        },
        ct);
}
