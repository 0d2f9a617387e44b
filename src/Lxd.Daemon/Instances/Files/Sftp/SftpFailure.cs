using Lxd.Core.Sftp;
using Lxd.Linux.Disks;

namespace Lxd.Daemon.Instances.Files.Sftp;

/// <summary>A request that cannot be done; the session goes on.</summary>
internal sealed class SftpFailure(SftpStatus status, string message) : IOException(message)
{
    private const int ReadOnlyFileSystem = 30;

    public SftpStatus Status => status;

    /// <summary>Whether an error is one of a file, and so an answer to the client.</summary>
    public static bool IsOne(Exception e) => e is IOException and not SftpFormatException or UnauthorizedAccessException or NotSupportedException or ArgumentException;

    public static SftpStatus StatusOf(Exception e) => e switch
    {
        SftpFailure failure => failure.Status,
        LinuxError { Errno: LinuxError.NoEntry or LinuxError.NotDirectory or LinuxError.Loop } => SftpStatus.NoSuchFile,
        LinuxError { Errno: LinuxError.Perm or LinuxError.Access or ReadOnlyFileSystem } or UnauthorizedAccessException => SftpStatus.PermissionDenied,
        LinuxError { Errno: LinuxError.NotSupported } or NotSupportedException => SftpStatus.Unsupported,
        _ => SftpStatus.Failure,
    };
}
