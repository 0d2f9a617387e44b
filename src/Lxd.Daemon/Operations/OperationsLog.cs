using Microsoft.Extensions.Logging;

namespace Lxd.Daemon.Operations;

internal static partial class OperationsLog
{
    [LoggerMessage(Level = LogLevel.Error, Message = "Operation {Id} failed unexpectedly")]
    public static partial void Failed(this ILogger logger, string id, Exception exception);
}
