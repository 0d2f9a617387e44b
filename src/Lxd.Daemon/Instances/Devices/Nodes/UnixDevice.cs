using System.Globalization;
using Lxd.Core;
using Lxd.Daemon.Hosting;
using Lxd.Linux.Nodes;

namespace Lxd.Daemon.Instances.Devices.Nodes;

/// <summary><c>unix-char</c> and <c>unix-block</c>: a node of the host by its path or by its numbers.</summary>
internal sealed class UnixDevice(string type, DaemonPaths paths) : NodeDevice(type, paths)
{
    private bool IsBlock => Type == "unix-block";

    public override string OnlyFor => "container";

    protected override bool RequiredByDefault => true;

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

        if (device.Instance.Id != 0 && IsRequired(device) && Find(device).Count == 0)
        {
            throw ApiException.BadRequest($"The required device path doesn't exist and the major and minor settings are not specified: {Source(device)}");
        }

        return Task.CompletedTask;
    }

    public override string WatchedPath(DeviceContext device) => Source(device);

    public override bool Waits(DeviceContext device) => base.Waits(device) && device.Get("major").Length == 0;

    protected override string Missing(DeviceContext device) => $"Missing device \"{Source(device)}\"";

    protected override IReadOnlyDictionary<string, DeviceNode> Find(DeviceContext device)
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

        return node is null ? new Dictionary<string, DeviceNode>() : new Dictionary<string, DeviceNode> { ["/" + Target(device).Trim('/')] = Owned(device, node) };
    }

    private static string Source(DeviceContext device) => device.Get("source") is { Length: > 0 } source ? source : device.Get("path");

    private static string Target(DeviceContext device) => device.Get("path") is { Length: > 0 } path ? path : device.Get("source");

    private static uint Number(string text) => uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : throw ApiException.BadRequest($"Invalid number \"{text}\"");
}
