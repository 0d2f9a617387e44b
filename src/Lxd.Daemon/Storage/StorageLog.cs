using Microsoft.Extensions.Logging;

namespace Lxd.Daemon.Storage;

internal static partial class StorageLog
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "Storage pool {Pool} is unavailable")]
    public static partial void PoolUnavailable(this ILogger logger, string pool, Exception error);

    [LoggerMessage(Level = LogLevel.Error, Message = "Undoing what was half done on {What} failed")]
    public static partial void UndoFailed(this ILogger logger, string what, Exception error);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Snapshot {Snapshot} of volume {Volume} is past its time and cannot be removed")]
    public static partial void ExpiryFailed(this ILogger logger, string volume, string snapshot, Exception error);
}
