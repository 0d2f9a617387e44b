namespace Lxd.Daemon.Server;

/// <summary>The UUID of the server: <c>server.uuid</c> in its directory, and <c>volatile.uuid</c> of what may grow to be a cluster, which is the same for the first member.</summary>
internal static class ServerUuid
{
    public static async Task EnsureAsync(string directory, ServerConfig config, CancellationToken ct)
    {
        var file = Path.Combine(directory, "server.uuid");
        var own = File.Exists(file) && Guid.TryParse(await File.ReadAllTextAsync(file, ct).ConfigureAwait(false), out var known) ? known.ToString() : "";
        if (config.Get(ServerConfig.Uuid).Length == 0)
        {
            await config.SetInternalAsync(ServerConfig.Uuid, own.Length > 0 ? own : Guid.NewGuid().ToString(), ct).ConfigureAwait(false);
        }

        if (own.Length == 0)
        {
            await File.WriteAllTextAsync(file + ".new", config.Get(ServerConfig.Uuid), ct).ConfigureAwait(false);
            File.Move(file + ".new", file, true);
        }
    }
}
