using Lxd.Core;
using Lxd.Daemon.Http;
using Lxd.Daemon.Instances;
using Lxd.Storage;

namespace Lxd.Daemon;

/// <summary>What goes with a project that is deleted by force, from the highest domain to the lowest.</summary>
internal static class ProjectContents
{
    public static void Register(Composition daemon)
    {
        daemon.Projects.Empty.Add((project, caller, ct) => InstancesAsync(daemon, project, caller, ct));
        daemon.Projects.Empty.Add((project, caller, ct) => ImagesAsync(daemon, project, caller, ct));
        daemon.Projects.Empty.Add((project, caller, ct) => ProfilesAsync(daemon, project, caller, ct));
        daemon.Projects.Empty.Add((project, caller, ct) => VolumesAsync(daemon, project, caller, ct));
        daemon.Projects.Empty.Add((project, caller, ct) => NetworksAsync(daemon, project, caller, ct));
        daemon.Projects.Empty.Add((project, caller, ct) => AclsAndZonesAsync(daemon, project, caller, ct));
    }

    /// <summary>A protected instance keeps everything.</summary>
    private static async Task InstancesAsync(Composition daemon, string project, Caller caller, CancellationToken ct)
    {
        var instances = await daemon.Instances.Store.ListAsync(new InstanceFilter(project), ct).ConfigureAwait(false);
        if (instances.Find(i => i.IsTrue("security.protection.delete")) is { } kept)
        {
            throw ApiException.Forbidden($"Instance \"{kept.Name}\" is protected from being deleted");
        }

        foreach (var instance in instances)
        {
            await daemon.Instances.Service.DeleteAsync(instance, true, caller.Requestor(), ct).ConfigureAwait(false);
        }
    }

    private static async Task ImagesAsync(Composition daemon, string project, Caller caller, CancellationToken ct)
    {
        foreach (var image in (await daemon.Images.ListAllAsync(ct).ConfigureAwait(false)).Where(i => i.Project == project))
        {
            await daemon.Images.DeleteAsync(image, caller.Requestor(), ct).ConfigureAwait(false);
        }
    }

    private static async Task ProfilesAsync(Composition daemon, string project, Caller caller, CancellationToken ct)
    {
        foreach (var profile in (await daemon.Profiles.ListAllAsync(ct).ConfigureAwait(false)).Where(p => p.Project == project && p.Name != "default"))
        {
            await daemon.Profiles.DeleteAsync(project, profile.Name, caller, ct).ConfigureAwait(false);
        }
    }

    private static async Task VolumesAsync(Composition daemon, string project, Caller caller, CancellationToken ct)
    {
        foreach (var volume in (await daemon.Volumes.ListAsync(null, null, VolumeType.Custom, ct).ConfigureAwait(false)).Where(v => v.Project == project))
        {
            await daemon.Volumes.DeleteAsync(volume, caller.Requestor(), ct).ConfigureAwait(false);
        }
    }

    private static async Task NetworksAsync(Composition daemon, string project, Caller caller, CancellationToken ct)
    {
        foreach (var network in (await daemon.Networks.ListAllAsync(ct).ConfigureAwait(false)).Where(n => n.Project == project))
        {
            await daemon.Networks.DeleteAsync(network, caller.Requestor(), ct).ConfigureAwait(false);
        }
    }

    /// <summary>Lists that name each other are in use until the last: whatever can go does, as long as something can.</summary>
    private static async Task AclsAndZonesAsync(Composition daemon, string project, Caller caller, CancellationToken ct)
    {
        while ((await daemon.Acls.ListAllAsync(ct).ConfigureAwait(false)).FindAll(a => a.Project == project) is { Count: > 0 } acls)
        {
            foreach (var acl in acls.FindAll(a => a.UsedBy.Count == 0) is { Count: > 0 } unused ? unused : throw ApiException.BadRequest("Cannot delete an ACL that is in use"))
            {
                await daemon.Acls.DeleteAsync(project, acl.Name, caller.Requestor(), ct).ConfigureAwait(false);
            }
        }

        foreach (var zone in (await daemon.Zones.ListAllAsync(ct).ConfigureAwait(false)).Where(z => z.Project == project))
        {
            await daemon.Zones.DeleteAsync(project, zone.Name, caller.Requestor(), ct).ConfigureAwait(false);
        }
    }
}
