using Lxd.Core;
using Lxd.Core.Config;
using Lxd.Linux.IdMaps;
using Lxd.Runtime;

namespace Lxd.Daemon.Instances.Devices;

/// <summary>Disks: the root, directories and files of the host, block devices, custom volumes.</summary>
internal sealed class DiskDevice(IInstanceVolumes volumes, Func<long, CancellationToken, Task<IdMap>> mapOf, InstanceStore store, StagedDisk staged) : Device("disk")
{
    private static readonly string[] Propagations = ["private", "shared", "slave", "unbindable", "rprivate", "rshared", "rslave", "runbindable"];

    public override async Task CheckAsync(DeviceContext device, CancellationToken ct)
    {
        if (InstanceRecord.IsRoot(device.Config))
        {
            if (device.Get("pool").Length == 0)
            {
                throw ApiException.BadRequest("Root disk entry must have a \"pool\" property set");
            }

            return;
        }

        CheckKeys(device);
        if (device.Get("pool").Length > 0)
        {
            await volumes.CheckPoolAsync(device.Get("pool"), ct).ConfigureAwait(false);
            if (device.Instance.Id != 0 || device.IsTrue("required"))
            {
                await volumes.CheckCustomAsync(device.Instance, device.Get("pool"), device.Get("source"), Snapshot(device), device.Get("path"), ct).ConfigureAwait(false);
            }
        }
        else if (IsGenerated(device))
        {
            return;
        }
        else if (device.Instance.Id != 0 && IsRequired(device) && !Path.Exists(device.Get("source")))
        {
            throw ApiException.BadRequest($"Missing source path \"{device.Get("source")}\" for disk \"{device.Name}\"");
        }
    }

    public override async Task<DeviceRun> StartAsync(DeviceContext device, CancellationToken ct)
    {
        if (InstanceRecord.IsRoot(device.Config))
        {
            return DeviceRun.Empty;
        }

        var (source, shift) = device.Get("pool").Length == 0
            ? (device.Get("source"), device.IsTrue("shift"))
            : await volumes.AttachCustomAsync(device.Instance, device.IdMap, device.Get("pool"), device.Get("source"), Snapshot(device), mapOf, ct).ConfigureAwait(false);
        if (!Path.Exists(source))
        {
            return IsRequired(device) ? throw ApiException.BadRequest($"Missing source path \"{source}\" for disk \"{device.Name}\"") : DeviceRun.Empty;
        }

        string? parent = null;
        if (device.Get("pool").Length == 0)
        {
            parent = DiskPaths.ParentOf(await store.ProjectConfigAsync(device.Instance.Project, ct).ConfigureAwait(false), source);
            if (parent is not null && shift)
            {
                // A program with another owner's rights could be left there for the host.
                throw ApiException.BadRequest("Cannot use \"shift\" with a source path that the project restricts");
            }

        }

        // The container's own users set up its mounts, and may not walk through folders of root.
        source = await staged.MountAsync(device, source, parent, ct).ConfigureAwait(false);
        return new DeviceRun { Mounts = [Mount(device, source, shift)] };
    }

    public override DeviceRun Describe(DeviceContext device) =>
        InstanceRecord.IsRoot(device.Config) ? DeviceRun.Empty : new DeviceRun { Mounts = [Mount(device, staged.Find(device) ?? device.Get("source"), false)] };

    public override Task StopAsync(DeviceContext device, CancellationToken ct)
    {
        staged.Unmount(device);
        return Task.CompletedTask;
    }

    /// <summary>The root's size is applied without a restart; every other change unplugs.</summary>
    public override bool CanUpdate(IReadOnlyDictionary<string, string> before, IReadOnlyDictionary<string, string> after) => InstanceRecord.IsRoot(before) && InstanceRecord.IsRoot(after);

    public override Task UpdateAsync(DeviceContext before, DeviceContext after, CancellationToken ct)
    {
        if (before.Get("pool") != after.Get("pool"))
        {
            throw ApiException.BadRequest($"Cannot update root disk device pool name to \"{after.Get("pool")}\"");
        }

        return Same(before, after, "size") && Same(before, after, "size.state") ? Task.CompletedTask : volumes.ResizeAsync(after.Instance, ct);
    }

    private static bool Same(DeviceContext before, DeviceContext after, string key) => before.Get(key) == after.Get(key);

    private static void CheckKeys(DeviceContext device)
    {
        if (device.Get("source").Length == 0)
        {
            throw ApiException.BadRequest(device.Get("path") == "/" ? "Root disk entry may not have a \"source\" property set" : "Disk entry is missing the required \"source\" property");
        }

        // Disks of virtual machines are at no path, also those a profile names for them.
        if (device.Get("path").Length == 0 && device.Instance.Type != "virtual-machine" && (device.Instance.Id != 0 || device.Get("pool").Length == 0))
        {
            throw ApiException.BadRequest("Disk entry is missing the required \"path\" property");
        }

        if (device.Get("path").Length == 0 && device.Get("pool").Length == 0 && Directory.Exists(device.Get("source")))
        {
            throw ApiException.BadRequest("Disk entry is missing the required \"path\" property");
        }

        if (device.Get("path") == "/")
        {
            throw ApiException.BadRequest("Root disk entry may not have a \"source\" property set");
        }

        if (device.Get("path").Split('/').Contains(".."))
        {
            throw ApiException.BadRequest("Disk \"path\" property must not contain \"..\"");
        }

        foreach (var kind in (ReadOnlySpan<string>)["ceph:", "cephfs:"])
        {
            if (device.Get("source").StartsWith(kind, StringComparison.Ordinal))
            {
                throw ApiException.BadRequest($"Sources of the kind \"{kind}\" are not supported on this server");
            }
        }

        if (device.Get("pool").Length == 0 && !device.Get("source").StartsWith('/') && !IsGenerated(device))
        {
            throw ApiException.BadRequest("Disk entry must have a \"pool\" property or an absolute \"source\" path");
        }

        if (device.Get("pool").Length > 0 && device.Get("source").StartsWith('/'))
        {
            throw ApiException.BadRequest("Storage volumes cannot be specified as absolute paths");
        }

        if (device.Get("pool").Length > 0 && device.Get("source").Contains('/'))
        {
            throw ApiException.BadRequest("\"source\" cannot include a snapshot, use \"source.snapshot\" instead");
        }

        if (device.Get("propagation") is { Length: > 0 } propagation && !Propagations.Contains(propagation))
        {
            throw ApiException.BadRequest($"Invalid propagation value \"{propagation}\"");
        }

        if (device.Get("pool").Length == 0 && device.Get("size").Length > 0)
        {
            throw ApiException.BadRequest("Only the root disk may have a size quota");
        }

        CheckUnique(device);
    }

    /// <summary>A disk the server makes for a virtual machine: the configuration for cloud-init, or for the agent.</summary>
    private static bool IsGenerated(DeviceContext device) => device.Instance.Type == "virtual-machine" && device.Get("source") is ("cloud-init:config" or "agent:config");

    private static void CheckUnique(DeviceContext device)
    {
        var path = device.Get("path").TrimEnd('/');
        if (path.Length == 0)
        {
            return;
        }

        foreach (var (name, other) in device.Instance.ExpandedDevices)
        {
            if (name != device.Name && other.GetValueOrDefault("type") == "disk" && other.GetValueOrDefault("path", "").TrimEnd('/') == path)
            {
                throw ApiException.BadRequest("More than one disk device uses the same path: " + device.Get("path"));
            }
        }
    }

    private static bool IsRequired(DeviceContext device) => !Checks.IsFalse(device.Get("required")) && !Checks.IsTrue(device.Get("optional"));

    private static string? Snapshot(DeviceContext device) => device.Get("source.snapshot") is { Length: > 0 } snapshot ? snapshot : null;

    private static MountSpec Mount(DeviceContext device, string source, bool shift) => new(source, "/" + device.Get("path").Trim('/'))
    {
        ReadOnly = device.IsTrue("readonly") || device.Get("source.snapshot").Length > 0,
        Recursive = device.IsTrue("recursive"),
        Shift = shift && !device.IdMap.IsEmpty,
        Propagation = device.Get("propagation"),
        IsFile = File.Exists(source),
        Options = device.Get("raw.mount.options"),
        Optional = !IsRequired(device),
    };
}
