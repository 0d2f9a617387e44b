using Lxd.Core;
using Lxd.Linux.Disks;
using Lxd.Linux.Processes;

namespace Lxd.Linux.Archives;

/// <summary>The errors for archives that are broken or hostile.</summary>
internal static class BadArchive
{
    public static ApiException Because(string reason) => ApiException.BadRequest($"Invalid archive: {reason}");

    /// <summary>Runs what reads or unpacks an archive: what cannot be made of it is the archive's fault. A full or broken disk is not.</summary>
    public static async Task<T> BlameAsync<T>(Func<Task<T>> work)
    {
        try
        {
            return await work().ConfigureAwait(false);
        }
        catch (Exception e) when (IsItsFault(e))
        {
            throw ApiException.BadRequest($"Invalid archive: {e.Message}", e);
        }
    }

    private static bool IsItsFault(Exception e) => e switch
    {
        LinuxError error => error.Errno is LinuxError.NoEntry or LinuxError.Exists or LinuxError.NotDirectory or LinuxError.IsDirectory or LinuxError.Invalid or LinuxError.FileTooBig
            or LinuxError.TooManyLinks or LinuxError.NameTooLong or LinuxError.NotEmpty or LinuxError.Loop or LinuxError.Range or LinuxError.TooBig or LinuxError.CrossDevice,
        ToolFailed failed => !failed.Words.Contains("No space left", StringComparison.Ordinal),
        _ => e is InvalidDataException or EndOfStreamException,
    };
}
