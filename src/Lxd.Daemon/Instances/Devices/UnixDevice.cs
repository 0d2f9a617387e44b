using System.Globalization;
using Lxd.Core;
using Lxd.Core.Config;
using Lxd.Daemon.Hosting;
using Lxd.Linux.Nodes;
using Lxd.Runtime;

namespace Lxd.Daemon.Instances.Devices;

/// <summary><c>unix-char</c> and <c>unix-block</c>: a node of the host, made anew with the owner and mode asked for under <c>devices/INSTANCE</c> and bound in from there.</summary>
internal sealed class UnixDevice(string type, DaemonPaths paths) : Device(type)
{
    private bool IsBlock => Type == "unix-block";

    public override Task CheckAsync(DeviceContext device, CancellationToken ct)
    {
        if (Source(device).Length == 0)
        {
            throw ApiException.BadRequest("Unix device entry is missing the required \"source\" or \"path\" property");
        }

        if (Target(device).Split('/').Contains(".."))
        {
            throw ApiException.BadRequest("Unix device path must not contain \"..\"");
        }

        if (device.Get("major").Length > 0 != device.Get("minor").Length > 0)
        {
            throw ApiException.BadRequest("Both major and minor must be supplied");
        }

        if (device.Instance.Id != 0 && !Checks.IsFalse(device.Get("required")) && Find(device) is null)
        {
            throw ApiException.BadRequest($"The required device path doesn't exist and the major and minor settings are not specified: {Source(device)}");
        }

        return Task.CompletedTask;
    }

    public override Task<DeviceRun> StartAsync(DeviceContext device, CancellationToken ct)
    {
        if (Find(device) is not { } node)
        {
            return Checks.IsFalse(device.Get("required")) ? Task.FromResult(DeviceRun.Empty) : throw ApiException.BadRequest($"Missing device \"{Source(device)}\"");
        }

        var path = HostPath(device);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
        File.Delete(path);
        node.Create(path);
        return Task.FromResult(new DeviceRun { Nodes = [Spec(device, node)] });
    }

    public override DeviceRun Describe(DeviceContext device) => DeviceNode.Read(HostPath(device)) is { } node ? new DeviceRun { Nodes = [Spec(device, node)] } : DeviceRun.Empty;

    public override Task StopAsync(DeviceContext device, CancellationToken ct)
    {
        File.Delete(HostPath(device));
        return Task.CompletedTask;
    }

    private static string Source(DeviceContext device) => device.Get("source") is { Length: > 0 } source ? source : device.Get("path");

    private static string Target(DeviceContext device) => device.Get("path") is { Length: > 0 } path ? path : device.Get("source");

    private string HostPath(DeviceContext device) =>
        Path.Combine(paths.Devices, device.Instance.DiskName, $"unix.{device.Name}.{Target(device).Trim('/').Replace("-", "--", StringComparison.Ordinal).Replace("/", "-", StringComparison.Ordinal)}");

    /// <summary>The node to make: numbers as given or those of the host's node, owner as seen inside.</summary>
    private DeviceNode? Find(DeviceContext device)
    {
        DeviceNode? node;
        if (device.Get("major") is { Length: > 0 } major)
        {
            node = new DeviceNode(IsBlock, Number(major), Number(device.Get("minor")), 0, 0, 0);
        }
        else
        {
            node = DeviceNode.Read(Source(device));
            if (node is not null && node.Block != IsBlock)
            {
                throw ApiException.BadRequest($"Not a {(IsBlock ? "block" : "character")} device: {Source(device)}");
            }
        }

        var mode = device.Get("mode") is { Length: > 0 } text ? Convert.ToUInt32(text, 8) : 0x1b0;
        var map = device.IdMap;
        return node is null ? null : node with { Mode = mode, Uid = Owner(device.Get("uid"), map.HostUid), Gid = Owner(device.Get("gid"), map.HostGid) };
    }

    private static uint Owner(string text, Func<long, uint?> map)
    {
        var inside = text.Length == 0 ? 0 : Number(text);
        return map(inside) ?? throw ApiException.BadRequest($"The id {inside} is not mapped into the instance");
    }

    private static uint Number(string text) => uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : throw ApiException.BadRequest($"Invalid number \"{text}\"");

    private UnixDeviceSpec Spec(DeviceContext device, DeviceNode node) => new("/" + Target(device).Trim('/'), IsBlock, node.Major, node.Minor) { HostPath = HostPath(device) };
}
