using System.Globalization;
using Lxd.Core;
using Lxd.Core.Config;
using Lxd.Daemon.Hosting;
using Lxd.Linux.Nodes;
using Lxd.Runtime;

namespace Lxd.Daemon.Instances.Devices.Nodes;

/// <summary>Device nodes in an instance: each is made anew with the owner and mode asked for under <c>devices/INSTANCE</c> and bound in from there. The files there tell what the instance has.</summary>
internal abstract class NodeDevice(string type, DaemonPaths paths) : Device(type), IHotDevice
{
    private const uint StandardMode = 0x1b0;
    private const UnixFileMode Passable = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    /// <summary>Whether a start without any node fails, where the device does not say.</summary>
    protected virtual bool RequiredByDefault => false;

    public override Task<DeviceRun> StartAsync(DeviceContext device, CancellationToken ct)
    {
        var found = Find(device);
        if (found.Count == 0 && IsRequired(device))
        {
            throw ApiException.BadRequest(Missing(device));
        }

        return Task.FromResult(new DeviceRun { Nodes = [.. found.Select(n => Make(device, n.Key, n.Value)).OfType<UnixDeviceSpec>()] });
    }

    public override DeviceRun Describe(DeviceContext device) => new() { Nodes = [.. Made(device).Where(f => !IsShared(f)).Select(Spec).OfType<UnixDeviceSpec>()] };

    public override Task StopAsync(DeviceContext device, CancellationToken ct)
    {
        foreach (var file in Made(device).ToList())
        {
            File.Delete(file);
        }

        return Task.CompletedTask;
    }

    public virtual string? WatchedPath(DeviceContext device) => null;

    public virtual bool Waits(DeviceContext device) => !IsRequired(device);

    public async Task RefreshAsync(DeviceContext device, ILiveInstance live, CancellationToken ct)
    {
        var found = Find(device);
        var made = Made(device).ToDictionary(Target);
        foreach (var (target, file) in made.Where(m => !(found.TryGetValue(m.Key, out var node) && DeviceNode.Read(m.Value) is { } old && (old.Major, old.Minor) == (node.Major, node.Minor))))
        {
            if (!IsShared(file) && Spec(file) is { } spec)
            {
                await live.RemoveDeviceAsync(spec, ct).ConfigureAwait(false);
            }

            File.Delete(file);
        }

        foreach (var (target, node) in found.Where(f => !File.Exists(HostPath(device, f.Key))))
        {
            if (Make(device, target, node) is { } spec)
            {
                await live.AddDeviceAsync(spec, ct).ConfigureAwait(false);
            }
        }
    }

    /// <summary>The nodes the host has for the device now, by their paths inside.</summary>
    protected abstract IReadOnlyDictionary<string, DeviceNode> Find(DeviceContext device);

    protected abstract string Missing(DeviceContext device);

    protected bool IsRequired(DeviceContext device) => device.Get("required").Length > 0 ? device.IsTrue("required") : RequiredByDefault;

    /// <summary>A node with the owner and mode the device asks for.</summary>
    protected static DeviceNode Owned(DeviceContext device, DeviceNode node)
    {
        var mode = device.Get("mode") is { Length: > 0 } text ? Convert.ToUInt32(text, 8) : StandardMode;
        return node with { Mode = mode, Uid = Owner(device.Get("uid"), device.IdMap.HostUid), Gid = Owner(device.Get("gid"), device.IdMap.HostGid) };
    }

    protected static uint Owner(string text, Func<long, uint?> map)
    {
        var inside = text.Length == 0 ? 0 : uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : throw ApiException.BadRequest($"Invalid number \"{text}\"");
        return map(inside) ?? throw ApiException.BadRequest($"The id {inside} is not mapped into the instance");
    }

    /// <summary>Makes the host's file. Null where another device of the instance has a node at that path, which stays.</summary>
    private UnixDeviceSpec? Make(DeviceContext device, string target, DeviceNode node)
    {
        var path = HostPath(device, target);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!, Passable);
        File.Delete(path);
        var taken = IsShared(path);
        node.Create(path);
        return taken ? null : Spec(path);
    }

    private static UnixDeviceSpec? Spec(string file) => DeviceNode.Read(file) is { } node ? new UnixDeviceSpec(Target(file), node.Block, node.Major, node.Minor) { HostPath = file } : null;

    /// <summary>Whether another device has a file for the same path inside.</summary>
    private static bool IsShared(string file) => Directory.EnumerateFiles(Path.GetDirectoryName(file)!, "unix.*").Any(f => f != file && Target(f) == Target(file));

    private IEnumerable<string> Made(DeviceContext device)
    {
        var directory = Path.Combine(paths.Devices, device.Instance.DiskName);
        var prefix = Path.Combine(directory, $"unix.{Encode(device.Name)}.");
        return Directory.Exists(directory) ? Directory.EnumerateFiles(directory).Where(f => f.StartsWith(prefix, StringComparison.Ordinal)) : [];
    }

    private string HostPath(DeviceContext device, string target) => Path.Combine(paths.Devices, device.Instance.DiskName, $"unix.{Encode(device.Name)}.{Encode(target.Trim('/'))}");

    /// <summary>The path inside of a host's file <c>unix.DEVICE.PATH</c>.</summary>
    private static string Target(string file)
    {
        var name = Path.GetFileName(file)["unix.".Length..];
        var i = 0;
        while (i < name.Length && name[i] != '.')
        {
            i += name[i] == '-' && i + 1 < name.Length && name[i + 1] is '-' or '.' ? 2 : 1;
        }

        return "/" + Decode(name[Math.Min(name.Length, i + 1)..]);
    }

    /// <summary>Slashes become hyphens; what could be taken for one, or for the end of the device's name, has a hyphen before it.</summary>
    private static string Encode(string name) => name.Replace("-", "--", StringComparison.Ordinal).Replace('/', '-').Replace(".", "-.", StringComparison.Ordinal);

    private static string Decode(string name)
    {
        var text = new System.Text.StringBuilder(name.Length);
        for (var i = 0; i < name.Length; i++)
        {
            text.Append(name[i] != '-' ? name[i] : i + 1 < name.Length && name[i + 1] is '-' or '.' ? name[++i] : '/');
        }

        return text.ToString();
    }
}
