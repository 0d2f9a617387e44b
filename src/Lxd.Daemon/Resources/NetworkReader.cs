using Lxd.Core.Api;

namespace Lxd.Daemon.Resources;

/// <summary>Network cards: the hardware behind interfaces, each with its ports.</summary>
internal static class NetworkReader
{
    public static ResourcesNetwork Read()
    {
        var names = PciNames.Pci();
        var cards = new SortedDictionary<string, ResourcesNetworkCard>(StringComparer.Ordinal);
        foreach (var path in SysFile.Entries("/sys/class/net"))
        {
            var device = SysFile.Target(path + "/device");
            if (device.Length == 0)
            {
                continue;
            }

            var pci = PciParent(device);
            var key = pci.Length > 0 ? pci : device;
            if (!cards.TryGetValue(key, out var card))
            {
                cards[key] = card = Card(key, pci.Length > 0, names);
            }

            card.Ports.Add(Port(path, card.Ports.Count));
        }

        return new ResourcesNetwork { Cards = [.. cards.Values], Total = (ulong)cards.Count };
    }

    /// <summary>The PCI device a device belongs to (a virtio one sits below it); empty where there is none.</summary>
    public static string PciParent(string device)
    {
        for (var path = device; path.Length > "/sys/devices".Length; path = Path.GetDirectoryName(path) ?? "")
        {
            if (SysFile.TargetName(path + "/subsystem") == "pci")
            {
                return path;
            }
        }

        return "";
    }

    private static ResourcesNetworkCard Card(string path, bool isPci, PciNames names)
    {
        var driver = SysFile.TargetName(path + "/driver");
        var (vendor, product) = isPci ? (SysFile.Hex(path + "/vendor"), SysFile.Hex(path + "/device")) : ("", "");
        var maximum = SysFile.Number(path + "/sriov_totalvfs");
        return new ResourcesNetworkCard
        {
            Driver = driver,
            DriverVersion = SysFile.DriverVersion(driver),
            NumaNode = SysFile.Numa(path),
            PciAddress = isPci ? Path.GetFileName(path) : "",
            VendorId = vendor,
            Vendor = names.Vendor(vendor),
            ProductId = product,
            Product = names.Product(vendor, product),
            Sriov = maximum > 0 ? new ResourcesNetworkCardSRIOV { MaximumVfs = maximum, CurrentVfs = SysFile.Number(path + "/sriov_numvfs") } : null,
        };
    }

    private static ResourcesNetworkCardPort Port(string path, int fallback) => new()
    {
        Id = Path.GetFileName(path),
        Address = SysFile.Text(path + "/address"),
        Port = SysFile.Text(path + "/dev_port") is { Length: > 0 } port ? SysFile.Parse(port) : (ulong)fallback,
        Protocol = SysFile.Text(path + "/type") == "32" ? "infiniband" : "ethernet",
        LinkDetected = SysFile.Text(path + "/carrier") == "1",
        LinkSpeed = SysFile.Number(path + "/speed"),
        LinkDuplex = SysFile.Text(path + "/duplex") is "full" or "half" ? SysFile.Text(path + "/duplex") : "",
    };
}
