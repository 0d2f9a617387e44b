namespace Lxd.Runtime;

/// <summary>An instance as the runtime knows it.</summary>
/// <param name="Name">Unique on this daemon: <c>NAME</c>, or <c>PROJECT_NAME</c> outside the default project.</param>
/// <param name="LogDirectory">Where its <c>lxc.conf</c>, <c>lxc.log</c> and <c>console.log</c> lie, made by the caller: <c>LXD_DIR/logs/NAME</c>.</param>
public sealed record InstanceRef(string Name, string LogDirectory)
{
    public string ConfigFile => Path.Combine(LogDirectory, "lxc.conf");
    public string LogFile => Path.Combine(LogDirectory, "lxc.log");
    public string ConsoleLog => Path.Combine(LogDirectory, "console.log");

    /// <summary>What is needed to find the running instance again after a restart of the daemon.</summary>
    public string StateFile => Path.Combine(LogDirectory, "running");

    /// <summary>There while the instance is frozen for a time, so that its files can be read.</summary>
    public string HeldFile => Path.Combine(LogDirectory, "held");
}
