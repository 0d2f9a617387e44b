using Lxd.Core.Api;

namespace Lxd.Daemon.Resources;

/// <summary>The machine as its firmware describes it.</summary>
internal static class SystemReader
{
    private const string Dmi = "/sys/class/dmi/id/";

    public static ResourcesSystem Read()
    {
        var system = new ResourcesSystem
        {
            Uuid = SysFile.Text(Dmi + "product_uuid"),
            Vendor = SysFile.Text(Dmi + "sys_vendor"),
            Product = SysFile.Text(Dmi + "product_name"),
            Family = SysFile.Text(Dmi + "product_family"),
            Version = SysFile.Text(Dmi + "product_version"),
            Sku = SysFile.Text(Dmi + "product_sku"),
            Serial = SysFile.Text(Dmi + "product_serial"),
            Type = Kind(),
        };
        if (!Directory.Exists(Dmi))
        {
            return system;
        }

        system.Firmware = new ResourcesSystemFirmware { Vendor = SysFile.Text(Dmi + "bios_vendor"), Date = SysFile.Text(Dmi + "bios_date"), Version = SysFile.Text(Dmi + "bios_version") };
        system.Chassis = new ResourcesSystemChassis { Vendor = SysFile.Text(Dmi + "chassis_vendor"), Type = Chassis(SysFile.Number(Dmi + "chassis_type")), Serial = SysFile.Text(Dmi + "chassis_serial"), Version = SysFile.Text(Dmi + "chassis_version") };
        system.Motherboard = new ResourcesSystemMotherboard { Vendor = SysFile.Text(Dmi + "board_vendor"), Product = SysFile.Text(Dmi + "board_name"), Serial = SysFile.Text(Dmi + "board_serial"), Version = SysFile.Text(Dmi + "board_version") };
        return system;
    }

    private static string Kind()
    {
        if (File.Exists("/run/systemd/container") || Environment.GetEnvironmentVariable("container") is { Length: > 0 })
        {
            return "container";
        }

        return SysFile.Text("/proc/cpuinfo").Split('\n').Any(l => l.StartsWith("flags", StringComparison.Ordinal) && l.Split(' ').Contains("hypervisor")) ? "virtual-machine" : "physical";
    }

    private static string Chassis(ulong code) => code switch
    {
        3 => "Desktop",
        4 => "Low Profile Desktop",
        6 => "Mini Tower",
        7 => "Tower",
        8 => "Portable",
        9 => "Laptop",
        10 => "Notebook",
        13 => "All in One",
        17 => "Main Server Chassis",
        23 => "Rack Mount Chassis",
        28 => "Blade",
        30 => "Tablet",
        35 => "Mini PC",
        0 or 2 => "Unknown",
        _ => "Other",
    };
}
