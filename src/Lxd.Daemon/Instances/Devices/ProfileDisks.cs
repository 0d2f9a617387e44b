using Lxd.Core;
using Lxd.Daemon.Storage;

namespace Lxd.Daemon.Instances.Devices;

/// <summary>Volumes that profiles name: many instances may come to use them.</summary>
internal sealed class ProfileDisks(VolumeService volumes)
{
    public async Task CheckAsync(string project, Dictionary<string, Dictionary<string, string>> devices, CancellationToken ct)
    {
        foreach (var (name, device) in devices.Where(d => d.Value.GetValueOrDefault("type") == "disk"))
        {
            var pool = device.GetValueOrDefault("pool", "");
            if (pool.Length > 0 && device.GetValueOrDefault("source", "") is { Length: > 0 } source && device.GetValueOrDefault("source.type", "custom") is "custom" or "")
            {
                await CheckVolumeAsync(name, project, pool, source, ct).ConfigureAwait(false);
            }
        }
    }

    private async Task CheckVolumeAsync(string name, string project, string pool, string source, CancellationToken ct)
    {
        try
        {
            await volumes.CheckProfileAsync(project, pool, source, ct).ConfigureAwait(false);
        }
        catch (ApiException e)
        {
            throw new ApiException(e.Status, $"Invalid devices: Device validation failed for \"{name}\": {e.Message}", e);
        }
    }
}
