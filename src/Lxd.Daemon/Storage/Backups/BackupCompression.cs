using Lxd.Core;
using Lxd.Linux.Archives;

namespace Lxd.Daemon.Storage.Backups;

/// <summary>Which compressor a backup is written with.</summary>
internal static class BackupCompression
{
    public const string Key = "backups.compression_algorithm";

    /// <summary>What the request says, or the project, or the server. A bad request for one that is not there.</summary>
    public static string Choose(string asked, IReadOnlyDictionary<string, string> project, string server)
    {
        var chosen = asked.Length > 0 ? asked : project.GetValueOrDefault(Key, "") is { Length: > 0 } own ? own : server;
        Check(chosen);
        return chosen;
    }

    public static void Check(string compressor)
    {
        try
        {
            Packer.CheckCompressor(compressor);
        }
        catch (ApiException e)
        {
            throw ApiException.BadRequest($"Invalid compression algorithm \"{compressor}\"", e);
        }
    }
}
