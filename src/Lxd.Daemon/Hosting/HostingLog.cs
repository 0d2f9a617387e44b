using Microsoft.Extensions.Logging;

namespace Lxd.Daemon.Hosting;

internal static partial class HostingLog
{
    [LoggerMessage(Level = LogLevel.Error, Message = "Background task {Name} failed")]
    public static partial void RoundFailed(this ILogger logger, string name, Exception exception);

    [LoggerMessage(Level = LogLevel.Error, Message = "Start step {Name} failed")]
    public static partial void StepFailed(this ILogger logger, string name, Exception exception);

    [LoggerMessage(Level = LogLevel.Information, Message = "LXD is starting in {Directory}")]
    public static partial void Starting(this ILogger logger, string directory);

    [LoggerMessage(Level = LogLevel.Information, Message = "Daemon started")]
    public static partial void Started(this ILogger logger);

    [LoggerMessage(Level = LogLevel.Information, Message = "Starting shutdown sequence")]
    public static partial void ShuttingDown(this ILogger logger);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Some operations did not end in time")]
    public static partial void OperationsLeft(this ILogger logger);

    [LoggerMessage(Level = LogLevel.Information, Message = "Operations deleted from the database")]
    public static partial void OperationsDeleted(this ILogger logger);

    [LoggerMessage(Level = LogLevel.Information, Message = "Stopping daemon storage volumes")]
    public static partial void StoppingVolumes(this ILogger logger);

    [LoggerMessage(Level = LogLevel.Information, Message = "Unmounting daemon storage volumes")]
    public static partial void UnmountingVolumes(this ILogger logger);

    [LoggerMessage(Level = LogLevel.Information, Message = "Daemon storage volumes unmounted")]
    public static partial void VolumesUnmounted(this ILogger logger);

    [LoggerMessage(Level = LogLevel.Information, Message = "Closing the database")]
    public static partial void ClosingDatabase(this ILogger logger);

    [LoggerMessage(Level = LogLevel.Information, Message = "Daemon stopped")]
    public static partial void Stopped(this ILogger logger);
}
