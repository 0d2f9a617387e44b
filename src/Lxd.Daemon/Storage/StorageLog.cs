using Microsoft.Extensions.Logging;

namespace Lxd.Daemon.Storage;

internal static partial class StorageLog
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "Storage pool {Pool} is unavailable")]
    public static partial void PoolUnavailable(this ILogger logger, string pool, Exception error);

    [LoggerMessage(Level = LogLevel.Information, Message = "Storage pool {Pool} is available again")]
    public static partial void PoolAvailable(this ILogger logger, string pool);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Storage pool {Pool} stays mounted")]
    public static partial void PoolStaysMounted(this ILogger logger, string pool, Exception error);

    [LoggerMessage(Level = LogLevel.Error, Message = "Undoing what was half done on {What} failed")]
    public static partial void UndoFailed(this ILogger logger, string what, Exception error);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Volume {Volume} in pool {Pool}: finishing what was half done: {What}")]
    public static partial void Finishing(this ILogger logger, string what, string volume, string pool);

    [LoggerMessage(Level = LogLevel.Error, Message = "Volume {Volume} in pool {Pool}: what was half done cannot be finished")]
    public static partial void FinishFailed(this ILogger logger, string volume, string pool, Exception error);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Task}: volume {Volume} failed")]
    public static partial void SnapshotTaskFailed(this ILogger logger, string task, string volume, Exception error);

    [LoggerMessage(Level = LogLevel.Error, Message = "Failed to delete the expired backup {Backup} of volume {Volume}")]
    public static partial void BackupExpiryFailed(this ILogger logger, string backup, string volume, Exception error);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Files that were moved to another storage volume are still in their old place")]
    public static partial void OldPlaceStays(this ILogger logger, Exception error);
}
