using System.Globalization;
using Lxd.Daemon.Hosting;
using Lxd.Linux.Nodes;

namespace Lxd.Daemon.Instances.Devices.Nodes;

/// <summary><c>usb</c>: the nodes of all plugged devices that are as asked for.</summary>
internal sealed class UsbDevice(DaemonPaths paths) : NodeDevice("usb", paths)
{
    private const string Plugged = "/sys/bus/usb/devices";

    protected override string Missing(DeviceContext device) => $"Required USB device not found (vendor \"{device.Get("vendorid")}\", product \"{device.Get("productid")}\")";

    protected override IReadOnlyDictionary<string, DeviceNode> Find(DeviceContext device)
    {
        var found = new Dictionary<string, DeviceNode>();
        if (!Directory.Exists(Plugged))
        {
            return found;
        }

        foreach (var directory in Directory.EnumerateDirectories(Plugged).Where(d => Matches(device, d)))
        {
            if (int.TryParse(Text(directory, "busnum"), NumberStyles.None, CultureInfo.InvariantCulture, out var bus) && int.TryParse(Text(directory, "devnum"), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                && DeviceNode.Read(string.Create(CultureInfo.InvariantCulture, $"/dev/bus/usb/{bus:d3}/{number:d3}")) is { } node)
            {
                found[string.Create(CultureInfo.InvariantCulture, $"/dev/bus/usb/{bus:d3}/{number:d3}")] = Owned(device, node);
            }
        }

        return found;
    }

    private static bool Matches(DeviceContext device, string directory) =>
        ((IEnumerable<(string Key, string File)>)[("vendorid", "idVendor"), ("productid", "idProduct"), ("serial", "serial"), ("busnum", "busnum"), ("devnum", "devnum")])
            .All(k => device.Get(k.Key).Length == 0 || string.Equals(device.Get(k.Key), Text(directory, k.File), StringComparison.OrdinalIgnoreCase));

    private static string Text(string directory, string file)
    {
        try
        {
            return File.ReadAllText(Path.Combine(directory, file)).Trim();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
