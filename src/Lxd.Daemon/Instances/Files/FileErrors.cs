using Lxd.Core;
using Lxd.Linux.Disks;

namespace Lxd.Daemon.Instances.Files;

/// <summary>What the kernel says of files, in the API's words.</summary>
internal static class FileErrors
{
    /// <summary>Runs the work; errors of the file system become errors of the API.</summary>
    public static async Task<T> TranslateAsync<T>(Func<Task<T>> work)
    {
        try
        {
            return await work().ConfigureAwait(false);
        }
        catch (LinuxError e)
        {
            throw Translate(e);
        }
        catch (IOException e) when (e is not FileNotFoundException)
        {
            throw ApiException.BadRequest(e.Message, e);
        }
    }

    private static ApiException Translate(LinuxError e) => e.Errno switch
    {
        LinuxError.NoEntry or LinuxError.NotDirectory or LinuxError.Loop => ApiException.NotFound(),
        LinuxError.Exists => ApiException.Conflict(e.Message),
        LinuxError.NotEmpty => ApiException.BadRequest("Directory is not empty"),
        LinuxError.Perm or LinuxError.Access => ApiException.Forbidden(e.Message),
        _ => ApiException.Internal(e.Message, e),
    };
}
