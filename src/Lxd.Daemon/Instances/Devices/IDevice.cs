using Lxd.Linux.IdMaps;

namespace Lxd.Daemon.Instances.Devices;

/// <summary>A device of an instance with everything its type needs to act on it.</summary>
internal sealed record DeviceContext(InstanceRecord Instance, string Name, IReadOnlyDictionary<string, string> Config, IdMap IdMap)
{
    /// <summary>Whether the device comes, or goes, together with its instance.</summary>
    public bool WithInstance { get; init; }

    /// <summary>It comes to an instance that runs.</summary>
    public bool Hot { get; init; }

    public string Get(string key) => Config.GetValueOrDefault(key, "");

    public bool IsTrue(string key) => Core.Config.Checks.IsTrue(Get(key));

    /// <summary>A volatile key of this device on the instance.</summary>
    public string Volatile(string key) => Instance.Config.GetValueOrDefault(VolatileKey(key), "");

    public string VolatileKey(string key) => $"volatile.{Name}.{key}";

    /// <summary>The device of an instance that has these keys recorded.</summary>
    public DeviceContext With(IReadOnlyDictionary<string, string?> recorded) => this with { Instance = Instance.With(recorded) };
}

/// <summary>A type of device. It knows the host side; what goes into the instance it returns as data.</summary>
internal interface IDevice
{
    string Type { get; }

    /// <summary>The one type of instances that can have it; empty where all can.</summary>
    string OnlyFor { get; }

    /// <summary>Checks what the table of keys cannot: throws a bad request. Called for instances when created and changed.</summary>
    Task CheckAsync(DeviceContext device, CancellationToken ct);

    /// <summary>Checks against the devices of other instances what a user asks for: throws a conflict. A copy may conflict until it starts.</summary>
    Task CheckPeersAsync(DeviceContext device, CancellationToken ct);

    /// <summary>Volatile keys an instance has from the moment it has the device.</summary>
    Task<IReadOnlyDictionary<string, string>> FillAsync(DeviceContext device, CancellationToken ct);

    /// <summary>Prepares the host side for a start or a hotplug; a failure leaves nothing.</summary>
    Task<DeviceRun> StartAsync(DeviceContext device, CancellationToken ct);

    /// <summary>What <see cref="StartAsync"/> gave, told again after a restart of the daemon: to unplug it.</summary>
    DeviceRun Describe(DeviceContext device);

    /// <summary>Takes the host side down; a repeat does nothing.</summary>
    Task StopAsync(DeviceContext device, CancellationToken ct);

    /// <summary>The device came to or left the configuration of an instance, running or not: leases, profiles of others.</summary>
    Task ChangedAsync(DeviceContext device, CancellationToken ct);

    /// <summary>The device is gone for good, with its instance or without.</summary>
    Task RemovedAsync(DeviceContext device, CancellationToken ct);

    /// <summary>Whether going from one configuration to the other needs no unplugging; then <see cref="UpdateAsync"/> does it.</summary>
    bool CanUpdate(IReadOnlyDictionary<string, string> before, IReadOnlyDictionary<string, string> after);

    Task UpdateAsync(DeviceContext before, DeviceContext after, CancellationToken ct);
}

/// <summary>The parts of a device type that most types have nothing to say to.</summary>
internal abstract class Device(string type) : IDevice
{
    public string Type => type;

    public virtual string OnlyFor => "";

    public virtual Task CheckAsync(DeviceContext device, CancellationToken ct) => Task.CompletedTask;

    public virtual Task CheckPeersAsync(DeviceContext device, CancellationToken ct) => Task.CompletedTask;

    public virtual Task<IReadOnlyDictionary<string, string>> FillAsync(DeviceContext device, CancellationToken ct) => Task.FromResult<IReadOnlyDictionary<string, string>>(new Dictionary<string, string>());

    public abstract Task<DeviceRun> StartAsync(DeviceContext device, CancellationToken ct);

    public abstract DeviceRun Describe(DeviceContext device);

    public virtual Task StopAsync(DeviceContext device, CancellationToken ct) => Task.CompletedTask;

    public virtual Task ChangedAsync(DeviceContext device, CancellationToken ct) => Task.CompletedTask;

    public virtual Task RemovedAsync(DeviceContext device, CancellationToken ct) => Task.CompletedTask;

    public virtual bool CanUpdate(IReadOnlyDictionary<string, string> before, IReadOnlyDictionary<string, string> after) => false;

    public virtual Task UpdateAsync(DeviceContext before, DeviceContext after, CancellationToken ct) => Task.CompletedTask;
}
