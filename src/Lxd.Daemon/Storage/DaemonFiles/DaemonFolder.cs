using Lxd.Core;
using Lxd.Daemon.Server;
using Lxd.Storage;

namespace Lxd.Daemon.Storage.DaemonFiles;

/// <summary>Where the daemon keeps files of one kind: in its own directory, or in volumes that <c>storage.KIND_volume</c> and <c>storage.project.NAME.KIND_volume</c> name.</summary>
/// <param name="kind"><c>images</c> or <c>backups</c>; also the name of the directory in a volume.</param>
/// <param name="own">The daemon's own directory of them.</param>
internal sealed class DaemonFolder(string kind, string own, ServerConfig config, PoolDrivers drivers)
{
    private const string ProjectPrefix = "storage.project.";
    private readonly string _suffix = $".{kind}_volume";

    public string Kind => kind;

    public string Own => own;

    public string ServerKey => $"storage{_suffix}";

    /// <summary>Every directory in use that can be reached now.</summary>
    public IEnumerable<string> All => config.Values.Where(v => v.Key == ServerKey || ProjectOf(v.Key) is not null).Select(v => v.Value).Append(config.Get(ServerKey)).Distinct().Select(Find).OfType<string>();

    public string ProjectKey(string project) => ProjectPrefix + project + _suffix;

    /// <summary>The project whose key of this kind it is; null for every other key.</summary>
    public string? ProjectOf(string key) =>
        key.Length > ProjectPrefix.Length + _suffix.Length && key.StartsWith(ProjectPrefix, StringComparison.Ordinal) && key.EndsWith(_suffix, StringComparison.Ordinal) ? key[ProjectPrefix.Length..^_suffix.Length] : null;

    /// <summary>The directory of a project's files. Throws where it lies in a pool that is not there.</summary>
    public string Of(string project) => PathOf(VolumeOf(project));

    /// <summary>The same; null where the pool is not there.</summary>
    public string? Find(string volume) => volume.Length == 0 ? own : Split(volume) is var (pool, name) && drivers.Find(pool) is { } driver ? Path.Combine(driver.Volumes.MountPath(Ref(name)), kind) : null;

    public string PathOf(string volume) => Find(volume) ?? throw new ApiException(503, $"Storage volume \"{volume}\" of the {kind} is not available");

    /// <summary>The volume a project's files are in, as <c>POOL/VOLUME</c>; empty for the daemon's own directory.</summary>
    public string VolumeOf(string project) => config.Get(ProjectKey(project)) is { Length: > 0 } volume ? volume : config.Get(ServerKey);

    public static (string Pool, string Name) Split(string volume) => volume.Split('/') is [{ Length: > 0 } pool, { Length: > 0 } name] ? (pool, name) : throw ApiException.BadRequest("Invalid syntax for volume, must be <pool>/<volume>");

    private static VolumeRef Ref(string name) => new(VolumeType.Custom, $"default_{name}");
}
