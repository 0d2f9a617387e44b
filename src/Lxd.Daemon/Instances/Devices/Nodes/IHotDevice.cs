using Lxd.Runtime;

namespace Lxd.Daemon.Instances.Devices.Nodes;

/// <summary>A device that comes and goes with what the host has, while its instance runs.</summary>
internal interface IHotDevice
{
    /// <summary>The path of the host that matters to it; null for one that goes by what the kernel tells.</summary>
    string? WatchedPath(DeviceContext device);

    /// <summary>Whether it waits for anything at all: a required one was there at the start.</summary>
    bool Waits(DeviceContext device);

    /// <summary>Brings the instance to what is there now; a repeat does nothing.</summary>
    Task RefreshAsync(DeviceContext device, ILiveInstance live, CancellationToken ct);
}
