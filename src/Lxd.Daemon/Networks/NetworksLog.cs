using Microsoft.Extensions.Logging;

namespace Lxd.Daemon.Networks;

internal static partial class NetworksLog
{
    [LoggerMessage(Level = LogLevel.Error, Message = "Failed initializing network {Name} of project {Project}")]
    public static partial void StartFailed(this ILogger logger, string project, string name, Exception exception);

    [LoggerMessage(Level = LogLevel.Information, Message = "Network {Name} of project {Project} is available again")]
    public static partial void Available(this ILogger logger, string project, string name);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The DNS and DHCP service of network {Name} ended unexpectedly and is started again")]
    public static partial void ServerEnded(this ILogger logger, string name);

    [LoggerMessage(Level = LogLevel.Error, Message = "The DNS and DHCP service of network {Name} cannot be started again")]
    public static partial void ServerLost(this ILogger logger, string name, Exception exception);

    [LoggerMessage(Level = LogLevel.Error, Message = "Undoing a failed change of a network did not fully succeed")]
    public static partial void UndoFailed(this ILogger logger, Exception exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The BGP session with {Peer} ended: {Reason}")]
    public static partial void BgpSessionEnded(this ILogger logger, System.Net.IPAddress peer, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "Failed to put a DNS zone together")]
    public static partial void DnsFailed(this ILogger logger, Exception exception);
}
