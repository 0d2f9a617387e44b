using Microsoft.Extensions.Logging;

namespace Lxd.Daemon.Images;

internal static partial class ImagesLog
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "Image {Fingerprint} of project {Project} is not updated: {Reason}")]
    public static partial void UpdateFailed(this ILogger logger, string fingerprint, string project, string reason);
}
