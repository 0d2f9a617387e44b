using Microsoft.Extensions.Logging;

namespace Lxd.Daemon.Acme;

internal static partial class AcmeLog
{
    [LoggerMessage(Level = LogLevel.Information, Message = "Certificate for {Domain} obtained, good until {Until}")]
    public static partial void Obtained(this ILogger logger, string domain, DateTime until);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Failed obtaining a certificate for {Domain}: {Reason}")]
    public static partial void NotObtained(this ILogger logger, string domain, string reason);
}
