using Microsoft.Extensions.Logging;

namespace Lxd.Daemon.Instances;

internal static partial class InstancesLog
{
    [LoggerMessage(Level = LogLevel.Error, Message = "Undoing a failed {Verb} did not fully succeed")]
    public static partial void UndoFailed(this ILogger logger, string verb, Exception exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Failed to bring device {Device} of instance {Id} up to date")]
    public static partial void DeviceRefreshFailed(this ILogger logger, string device, long id, Exception exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Failed to answer an intercepted system call")]
    public static partial void InterceptionFailed(this ILogger logger, Exception exception);

    [LoggerMessage(Level = LogLevel.Error, Message = "Failed to start instance {Name} of project {Project}")]
    public static partial void AutostartFailed(this ILogger logger, string name, string project, Exception exception);

    [LoggerMessage(Level = LogLevel.Error, Message = "Failed to try again the starts that failed")]
    public static partial void AutostartsFailed(this ILogger logger, Exception exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Finishing what the last daemon left half done: {Verb} of {Name} of project {Project}")]
    public static partial void Finishing(this ILogger logger, string verb, string name, string project);

    [LoggerMessage(Level = LogLevel.Error, Message = "Failed to recover instance {Name} of project {Project}")]
    public static partial void FinishFailed(this ILogger logger, string name, string project, Exception exception);

    [LoggerMessage(Level = LogLevel.Error, Message = "Failed to stop instance {Name} of project {Project}")]
    public static partial void ShutdownFailed(this ILogger logger, string name, string project, Exception exception);

#pragma warning disable SYSLIB1015 // The words are what people look for in logs; what they are about is context.
    [LoggerMessage(Level = LogLevel.Information, Message = "Instance {What}")]
    public static partial void Happened(this ILogger logger, string what, string instance, string project);

    [LoggerMessage(Level = LogLevel.Information, Message = "Stopping instances")]
    public static partial void StoppingInstances(this ILogger logger, long stopPriority);

    [LoggerMessage(Level = LogLevel.Information, Message = "Instance received for shutdown")]
    public static partial void ShutdownBegins(this ILogger logger, string instance, string project);

    [LoggerMessage(Level = LogLevel.Information, Message = "Instance shutdown complete")]
    public static partial void ShutdownComplete(this ILogger logger, string instance, string project);

    [LoggerMessage(Level = LogLevel.Information, Message = "Freezing instance to ensure crash-consistent multi-volume snapshot")]
    public static partial void FreezingForSnapshot(this ILogger logger, string instance, string project);

    [LoggerMessage(Level = LogLevel.Information, Message = "Creating attached volume snapshot")]
    public static partial void SnapshottingAttached(this ILogger logger, string volume, string instance, string project);

    [LoggerMessage(Level = LogLevel.Information, Message = "Unfreezing instance after crash-consistent multi-volume snapshot")]
    public static partial void UnfrozenAfterSnapshot(this ILogger logger, string instance, string project);
#pragma warning restore SYSLIB1015

    [LoggerMessage(Level = LogLevel.Error, Message = "Cleaning up after instance {Name} of project {Project} went down failed")]
    public static partial void CleanupFailed(this ILogger logger, string name, string project, Exception exception);

    [LoggerMessage(Level = LogLevel.Error, Message = "Failed to make the scheduled snapshot of instance {Name} of project {Project}")]
    public static partial void SnapshotFailed(this ILogger logger, string name, string project, Exception exception);

    [LoggerMessage(Level = LogLevel.Error, Message = "Failed to delete the expired snapshot {Snapshot} of instance {Name} of project {Project}")]
    public static partial void ExpiryFailed(this ILogger logger, string snapshot, string name, string project, Exception exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Device {Device} of instance {Name} could not be stopped")]
    public static partial void DeviceStopFailed(this ILogger logger, string device, string name, Exception exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Failed to write the backup file of instance {Name} of project {Project}")]
    public static partial void BackupFileFailed(this ILogger logger, string name, string project, Exception exception);

    [LoggerMessage(Level = LogLevel.Error, Message = "Failed to delete the expired backup {Backup} of instance {Name} of project {Project}")]
    public static partial void BackupExpiryFailed(this ILogger logger, string backup, string name, string project, Exception exception);
}
