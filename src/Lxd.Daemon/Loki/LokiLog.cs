using Microsoft.Extensions.Logging;

namespace Lxd.Daemon.Loki;

internal static partial class LokiLog
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "Entries for Loki at {Url} are lost")]
    public static partial void Lost(this ILogger logger, string url, Exception exception);
}
