using Lxd.Core.Api;

namespace Lxd.Daemon.Resources;

/// <summary>What sits on the PCI and USB buses, graphics cards among it.</summary>
internal static class PciReader
{
    private const string Root = "/sys/bus/pci/devices";

    public static ResourcesPCI Read()
    {
        var names = PciNames.Pci();
        var devices = SysFile.Entries(Root).Select(path =>
        {
            var (vendor, product) = (SysFile.Hex(path + "/vendor"), SysFile.Hex(path + "/device"));
            var driver = SysFile.TargetName(path + "/driver");
            return new ResourcesPCIDevice
            {
                PciAddress = Path.GetFileName(path),
                VendorId = vendor,
                Vendor = names.Vendor(vendor),
                ProductId = product,
                Product = names.Product(vendor, product),
                Driver = driver,
                DriverVersion = SysFile.DriverVersion(driver),
                NumaNode = SysFile.Numa(path),
                IommuGroup = SysFile.Parse(SysFile.TargetName(path + "/iommu_group")),
            };
        }).ToList();
        return new ResourcesPCI { Devices = devices, Total = (ulong)devices.Count };
    }

    /// <summary>Display controllers: PCI class 03.</summary>
    public static ResourcesGPU ReadGpus()
    {
        var names = PciNames.Pci();
        var cards = SysFile.Entries(Root).Where(p => SysFile.Text(p + "/class").StartsWith("0x03", StringComparison.Ordinal)).Select(path =>
        {
            var (vendor, product) = (SysFile.Hex(path + "/vendor"), SysFile.Hex(path + "/device"));
            var driver = SysFile.TargetName(path + "/driver");
            return new ResourcesGPUCard
            {
                PciAddress = Path.GetFileName(path),
                VendorId = vendor,
                Vendor = names.Vendor(vendor),
                ProductId = product,
                Product = names.Product(vendor, product),
                Driver = driver,
                DriverVersion = SysFile.DriverVersion(driver),
                NumaNode = SysFile.Numa(path),
                Drm = Drm(path + "/drm"),
            };
        }).ToList();
        return new ResourcesGPU { Cards = cards, Total = (ulong)cards.Count };
    }

    public static ResourcesUSB ReadUsb()
    {
        var devices = SysFile.Entries("/sys/bus/usb/devices").Where(p => SysFile.Text(p + "/busnum").Length > 0 && SysFile.Text(p + "/bDeviceClass") != "09").Select(path => new ResourcesUSBDevice
        {
            BusAddress = SysFile.Number(path + "/busnum"),
            DeviceAddress = SysFile.Number(path + "/devnum"),
            VendorId = SysFile.Text(path + "/idVendor"),
            Vendor = SysFile.Text(path + "/manufacturer"),
            ProductId = SysFile.Text(path + "/idProduct"),
            Product = SysFile.Text(path + "/product"),
            Serial = SysFile.Text(path + "/serial"),
            Speed = double.TryParse(SysFile.Text(path + "/speed"), System.Globalization.CultureInfo.InvariantCulture, out var speed) ? speed : 0,
            Interfaces = [.. SysFile.Entries(path).Where(i => SysFile.Text(i + "/bInterfaceNumber").Length > 0).Select(Interface)],
        }).ToList();
        return new ResourcesUSB { Devices = devices, Total = (ulong)devices.Count };
    }

    private static ResourcesUSBDeviceInterface Interface(string path)
    {
        var driver = SysFile.TargetName(path + "/driver");
        return new ResourcesUSBDeviceInterface
        {
            ClassId = Base16(path + "/bInterfaceClass"),
            SubclassId = Base16(path + "/bInterfaceSubClass"),
            Number = Base16(path + "/bInterfaceNumber"),
            Driver = driver,
            DriverVersion = SysFile.DriverVersion(driver),
        };
    }

    private static ulong Base16(string path) => ulong.TryParse(SysFile.Text(path), System.Globalization.NumberStyles.HexNumber, System.Globalization.CultureInfo.InvariantCulture, out var value) ? value : 0;

    private static ResourcesGPUCardDRM? Drm(string directory)
    {
        var nodes = SysFile.Entries(directory).Select(e => (Name: Path.GetFileName(e), Device: SysFile.Text(e + "/dev"))).ToList();
        if (nodes.Count == 0)
        {
            return null;
        }

        var drm = new ResourcesGPUCardDRM();
        foreach (var (name, device) in nodes)
        {
            if (name.StartsWith("card", StringComparison.Ordinal))
            {
                (drm.CardName, drm.CardDevice, drm.Id) = (name, device, SysFile.Parse(name[4..]));
            }
            else if (name.StartsWith("renderD", StringComparison.Ordinal))
            {
                (drm.RenderName, drm.RenderDevice) = (name, device);
            }
            else if (name.StartsWith("controlD", StringComparison.Ordinal))
            {
                (drm.ControlName, drm.ControlDevice) = (name, device);
            }
        }

        return drm;
    }
}
