using System.Text.RegularExpressions;
using Lxd.Core;
using Lxd.Daemon.Hosting;
using Lxd.Linux.Nodes;

namespace Lxd.Daemon.Instances.Devices.Nodes;

/// <summary><c>gpu</c>: the nodes of the host's graphics cards that are as asked for.</summary>
internal sealed partial class GpuDevice(DaemonPaths paths) : NodeDevice("gpu", paths)
{
    private const string Cards = "/sys/class/drm";

    protected override bool RequiredByDefault => true;

    public override Task CheckAsync(DeviceContext device, CancellationToken ct)
    {
        if (device.Get("gputype") is not ("" or "physical"))
        {
            throw ApiException.BadRequest($"GPUs of the type \"{device.Get("gputype")}\" are not supported by containers on this server");
        }

        var id = device.Get("id");
        if (id.Length > 0 && !IdPattern().IsMatch(id))
        {
            throw ApiException.BadRequest($"Invalid value for device option \"id\": Invalid GPU id \"{id}\"");
        }

        if (device.Get("pci").Length > 0 && ((IEnumerable<string>)["id", "productid", "vendorid"]).FirstOrDefault(k => device.Get(k).Length > 0) is { } other)
        {
            throw ApiException.BadRequest($"Cannot use \"{other}\" when \"pci\" is set");
        }

        return Task.CompletedTask;
    }

    protected override string Missing(DeviceContext device) => device.Get("id").Contains('=')
        ? "No specification of the vendor's container devices (CDI) was found for the GPU"
        : "Failed to detect requested GPU device";

    protected override IReadOnlyDictionary<string, DeviceNode> Find(DeviceContext device)
    {
        var found = new Dictionary<string, DeviceNode>();
        if (!Directory.Exists(Cards) || device.Get("id").Contains('='))
        {
            return found;
        }

        foreach (var card in Directory.EnumerateDirectories(Cards).Where(c => CardPattern().IsMatch(Path.GetFileName(c)) && Matches(device, c)))
        {
            var nodes = Path.Combine(card, "device", "drm");
            foreach (var name in Directory.Exists(nodes) ? Directory.EnumerateDirectories(nodes).Select(Path.GetFileName) : [Path.GetFileName(card)])
            {
                if (DeviceNode.Read("/dev/dri/" + name) is { } node)
                {
                    found["/dev/dri/" + name] = Owned(device, node);
                }
            }
        }

        return found;
    }

    private static bool Matches(DeviceContext device, string card)
    {
        var address = Path.GetFileName(new DirectoryInfo(Path.Combine(card, "device")).ResolveLinkTarget(true)?.FullName ?? "");
        return (device.Get("id").Length == 0 || Path.GetFileName(card) == "card" + device.Get("id"))
            && (device.Get("pci").Length == 0 || string.Equals(address, device.Get("pci"), StringComparison.OrdinalIgnoreCase))
            && Same(device.Get("vendorid"), card, "vendor") && Same(device.Get("productid"), card, "device");
    }

    private static bool Same(string wanted, string card, string file)
    {
        var path = Path.Combine(card, "device", file);
        return wanted.Length == 0 || File.Exists(path) && string.Equals(File.ReadAllText(path).Trim().Replace("0x", "", StringComparison.Ordinal), wanted, StringComparison.OrdinalIgnoreCase);
    }

    [GeneratedRegex(@"^(\d+|(nvidia|amd)\.com/(gpu|igpu)=\S+)$")]
    private static partial Regex IdPattern();

    [GeneratedRegex(@"^card\d+$")]
    private static partial Regex CardPattern();
}
