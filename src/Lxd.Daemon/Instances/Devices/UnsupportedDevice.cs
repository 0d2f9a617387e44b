using Lxd.Core;

namespace Lxd.Daemon.Instances.Devices;

/// <summary>A type that no instance of this server starts with.</summary>
/// <param name="onlyFor">The type of instances that may have it in their configuration; empty for none.</param>
internal sealed class UnsupportedDevice(string type, string reason, string onlyFor = "") : Device(type)
{
    public override string OnlyFor => onlyFor;

    public override Task CheckAsync(DeviceContext device, CancellationToken ct) => onlyFor.Length > 0 ? Task.CompletedTask : throw ApiException.BadRequest(reason);

    public override Task<DeviceRun> StartAsync(DeviceContext device, CancellationToken ct) => throw ApiException.BadRequest(reason);

    public override DeviceRun Describe(DeviceContext device) => DeviceRun.Empty;
}
