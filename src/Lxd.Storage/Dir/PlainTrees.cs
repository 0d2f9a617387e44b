using Lxd.Linux.Disks;
using Lxd.Linux.Quota;

namespace Lxd.Storage.Dir;

/// <summary>Plain directories; limits by project quotas where the file system has them.</summary>
internal sealed class PlainTrees : IVolumeTrees
{
    private const uint FirstProject = 10_000;
    private static readonly Lock ProjectLock = new();

    public void Create(string path, bool disk)
    {
        if (!Directory.Exists(Path.GetDirectoryName(path)))
        {
            // A pool that has lost its folders is broken (or not mounted): nothing is to be made beside it.
            throw Core.ApiException.Internal($"Failed creating \"{path}\": no such file or directory");
        }

        Directory.CreateDirectory(path);
    }

    public Task CloneAsync(string source, string target, CancellationToken ct)
    {
        Create(target, false);
        return TreeCopy.CopyAsync(source, target, null, ct);
    }

    public Task CloneOverAsync(string source, string target, string current, CancellationToken ct)
    {
        Create(target, false);
        return TreeCopy.CopyOverAsync(source, target, current, ct);
    }

    public Task DeleteAsync(string path, CancellationToken ct) => TreeDelete.DeleteAsync(path, ct);

    public void SetReadOnly(string path, bool readOnly)
    {
        // a plain directory has no such flag
    }

    public void Limit(string path, long bytes, CancellationToken ct)
    {
        if (!ProjectQuota.IsSupported(path))
        {
            return;
        }

        var project = ProjectQuota.ProjectOf(path);
        if (project == 0)
        {
            if (bytes == 0)
            {
                return;
            }

            lock (ProjectLock)
            {
                project = FreeProject(path);
                ProjectQuota.SetProject(path, project, ct);
            }
        }

        ProjectQuota.SetLimit(path, project, bytes);
    }

    public VolumeUsage Usage(string path)
    {
        if (ProjectQuota.IsSupported(path) && ProjectQuota.ProjectOf(path) is > 0 and var project)
        {
            var (used, limit) = ProjectQuota.Usage(path, project);
            return new VolumeUsage(used, limit);
        }

        return new VolumeUsage(-1, 0);
    }

    /// <summary>A number no volume of the pool has: volumes lie two levels below the pool.</summary>
    private static uint FreeProject(string path)
    {
        var pool = Path.GetDirectoryName(Path.GetDirectoryName(path)!)!;
        var taken = Directory.EnumerateDirectories(pool).SelectMany(Directory.EnumerateDirectories).Select(ProjectQuota.ProjectOf);
        return Math.Max(FirstProject, taken.DefaultIfEmpty().Max()) + 1;
    }
}
