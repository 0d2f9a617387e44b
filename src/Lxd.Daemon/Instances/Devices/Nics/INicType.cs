namespace Lxd.Daemon.Instances.Devices.Nics;

/// <summary>A NIC with what is known of the network it is on.</summary>
/// <param name="Network">The managed network it names, or that its bridge is; null where the daemon does not manage what it is on.</param>
internal sealed record NicContext(DeviceContext Device, NicNetwork? Network)
{
    /// <summary>Whether it names a network, which then decides what the NIC may not.</summary>
    public bool Linked => Get("network").Length > 0;

    /// <summary>The host's interface it is on: the bridge, or the parent of what is made; empty for none.</summary>
    public string Parent => Linked ? Network?.Interface ?? "" : Get("parent");

    /// <summary>Instance and device in names of rules.</summary>
    public string Owner => $"{Device.Instance.DiskName}.{Device.Name}";

    /// <summary>The address it has or was given.</summary>
    public string Hwaddr => Get("hwaddr") is { Length: > 0 } own ? own : Device.Volatile("hwaddr");

    /// <summary>The name of its host side, while it runs.</summary>
    public string Host => Device.Volatile("host_name");

    public string Get(string key) => Device.Get(key);

    public bool IsTrue(string key) => Device.IsTrue(key);

    /// <summary>A number of the device; 0 where it is not set.</summary>
    public int Number(string key) => int.TryParse(Get(key), System.Globalization.CultureInfo.InvariantCulture, out var number) ? number : 0;

    /// <summary>A key that the network has instead, where the NIC names one.</summary>
    public string Inherited(string key) => Linked ? Network?.Config.GetValueOrDefault(key, "") ?? "" : Get(key);
}

/// <summary>One of the ways a NIC is connected.</summary>
internal interface INicType
{
    /// <summary>The value of <c>nictype</c>.</summary>
    string Name { get; }

    /// <summary>Keys that change without taking the NIC out.</summary>
    IReadOnlyCollection<string> Live { get; }

    /// <summary>Throws a bad request for what cannot be.</summary>
    void Check(NicContext nic);

    /// <summary>Makes the interface that moves in, and everything on the host's side; a failure leaves nothing.</summary>
    Task<DeviceRun> StartAsync(NicContext nic, CancellationToken ct);

    /// <summary>Changes of <see cref="Live"/> keys while it runs.</summary>
    Task UpdateAsync(NicContext before, NicContext after, CancellationToken ct);

    /// <summary>Takes away what <see cref="StartAsync"/> made; a repeat does nothing.</summary>
    Task StopAsync(NicContext nic);
}
