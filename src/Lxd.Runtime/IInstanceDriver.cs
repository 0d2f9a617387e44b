namespace Lxd.Runtime;

/// <summary>Runs instances. The caller serializes calls on one instance, except for reads, execs and consoles.</summary>
public interface IInstanceDriver
{
    /// <summary>Name and version of what runs them: <c>lxc</c>, <c>5.0.2</c>.</summary>
    (string Name, string Version) Version { get; }

    /// <summary>Starts it; it runs when the task ends. A failure tells the last lines of the instance's log and leaves nothing running.</summary>
    Task StartAsync(InstanceSpec spec, CancellationToken ct);

    /// <summary>The process id of its init, 0 where it does not run. Costs no more than a few file reads.</summary>
    int Pid(InstanceRef instance);

    bool IsFrozen(InstanceRef instance);

    /// <summary>Asks it to shut down, or to reboot, and returns at once.</summary>
    void RequestShutdown(InstanceRef instance, bool reboot);

    /// <summary>Kills it.</summary>
    void Kill(InstanceRef instance);

    /// <summary>Ends when the instance has stopped and all that belonged to the run is gone; at once where it does not run. A reboot from inside does not end it.</summary>
    Task WaitStoppedAsync(InstanceRef instance, CancellationToken ct);

    /// <summary>After the daemon started: finds those among the instances that run although nobody wrote it down before the last daemon died, and takes away what is left of the others.</summary>
    void Adopt(IReadOnlyList<InstanceRef> instances);

    /// <summary>Removes what the driver keeps of an instance that does not run; a repeat does nothing.</summary>
    void Remove(InstanceRef instance);

    Task SetFrozenAsync(InstanceRef instance, bool frozen, CancellationToken ct);

    Task<IExecSession> ExecAsync(InstanceRef instance, ExecRequest request, CancellationToken ct);

    /// <summary>Holds on to the network of a running instance, where interfaces were moved in that have to come back. Plugging such an interface does that by itself; a restarted daemon asks.</summary>
    Task KeepNetworkAsync(InstanceRef instance, CancellationToken ct);

    /// <summary>Moves interfaces that have to come back out of the kept network of an instance that has stopped.</summary>
    void TakeBackNics(InstanceRef instance, IReadOnlyList<NicSpec> nics);

    /// <summary>The running instance's limits, mounts, devices and interfaces.</summary>
    ILiveInstance Live(InstanceRef instance);
}
