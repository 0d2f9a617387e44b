using Lxd.Daemon.Http;
using Lxd.Daemon.Storage.DaemonFiles;

namespace Lxd.Daemon.Storage.Backups;

/// <summary>Receives backups that clients send; a backup is read several times, so it is kept in a file meanwhile.</summary>
internal sealed class BackupUploads(DaemonFolder backups)
{
    private const string Prefix = ".import-";

    /// <summary>The request's body in a file, which is the caller's to remove.</summary>
    public async Task<string> ReceiveAsync(Request request, CancellationToken ct)
    {
        var file = Path.Combine(backups.Of(request.Project), $"{Prefix}{Guid.NewGuid():N}");
        try
        {
            await using var target = new FileStream(file, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite, Options = FileOptions.Asynchronous });
            await request.Context.Request.Body.CopyToAsync(target, 1 << 18, ct).ConfigureAwait(false);
            return file;
        }
        catch
        {
            File.Delete(file);
            throw;
        }
    }

    /// <summary>At start: what a daemon that died was receiving.</summary>
    public void Clean()
    {
        foreach (var file in backups.All.SelectMany(directory => Directory.GetFiles(directory, Prefix + "*")))
        {
            File.Delete(file);
        }
    }
}
