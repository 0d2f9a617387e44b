namespace Lxd.Daemon.Instances.Devices;

/// <summary>Hides a profile's device of the same name.</summary>
internal sealed class NoneDevice() : Device("none")
{
    public override Task<DeviceRun> StartAsync(DeviceContext device, CancellationToken ct) => Task.FromResult(DeviceRun.Empty);

    public override DeviceRun Describe(DeviceContext device) => DeviceRun.Empty;
}
