namespace Lxd.Daemon.Instances;

/// <summary>What an instance does; the numbers are the API's status codes.</summary>
internal enum RunStatus
{
    Stopped = 102,
    Running = 103,
    Frozen = 110,
    Error = 112,

    /// <summary>It runs, and has told that it has booted.</summary>
    Ready = 113,
}
