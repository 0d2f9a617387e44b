using Microsoft.Extensions.Logging;

namespace Lxd.Daemon.Http;

internal static partial class HttpLog
{
    [LoggerMessage(Level = LogLevel.Error, Message = "{Method} {Path} failed unexpectedly")]
    public static partial void RequestFailed(this ILogger logger, string method, string path, Exception exception);

#pragma warning disable SYSLIB1015 // What is not in the words is the context that listeners to logging events get.
    [LoggerMessage(Level = LogLevel.Debug, Message = "Handling API request")]
    public static partial void Handling(this ILogger logger, string method, string url, string ip, string protocol, string username);
#pragma warning restore SYSLIB1015

    [LoggerMessage(Level = LogLevel.Information, Message = "Listening on {Address}")]
    public static partial void Listening(this ILogger logger, string address);
}
