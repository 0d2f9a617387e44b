using Microsoft.Extensions.Logging;

namespace Lxd.Daemon.Identities.Oidc;

internal static partial class OidcLog
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "The identity provider is not reached yet: {Reason}")]
    public static partial void ProviderMissing(this ILogger logger, string reason);
}
