using Microsoft.Extensions.Logging;

namespace Lxd.Daemon.Events;

internal static partial class EventsLog
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "The syslog socket failed")]
    public static partial void SyslogFailed(this ILogger logger, Exception exception);
}
