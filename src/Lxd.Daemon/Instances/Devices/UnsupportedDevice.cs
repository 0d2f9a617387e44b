using Lxd.Core;

namespace Lxd.Daemon.Instances.Devices;

/// <summary>A type that can be configured and never starts on this kind of server or instance.</summary>
internal sealed class UnsupportedDevice(string type, string reason) : Device(type)
{
    public override Task CheckAsync(DeviceContext device, CancellationToken ct) => throw ApiException.BadRequest(reason);

    public override Task<DeviceRun> StartAsync(DeviceContext device, CancellationToken ct) => throw ApiException.BadRequest(reason);

    public override DeviceRun Describe(DeviceContext device) => DeviceRun.Empty;
}
