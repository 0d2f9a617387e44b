using Lxd.Core.Api;

namespace Lxd.Daemon.Resources;

/// <summary>Disks and their partitions; virtual block devices (loop, ram, md) are left out.</summary>
internal static class DiskReader
{
    private const ulong Sector = 512;

    public static ResourcesStorage Read()
    {
        var mounted = Mounted();
        var disks = SysFile.Entries("/sys/class/block").Where(p => Directory.Exists(p + "/device") && !File.Exists(p + "/partition")).Select(p => Disk(p, mounted)).ToList();
        return new ResourcesStorage { Disks = disks, Total = (ulong)disks.Count };
    }

    private static ResourcesStorageDisk Disk(string path, HashSet<string> mounted)
    {
        var id = Path.GetFileName(path);
        var pci = NetworkReader.PciParent(SysFile.Target(path + "/device"));
        var partitions = SysFile.Entries(path).Where(p => File.Exists(p + "/partition")).Select(p => new ResourcesStorageDiskPartition
        {
            Id = Path.GetFileName(p),
            Device = SysFile.Text(p + "/dev"),
            Partition = SysFile.Number(p + "/partition"),
            ReadOnly = SysFile.Text(p + "/ro") == "1",
            Size = SysFile.Number(p + "/size") * Sector,
            Mounted = mounted.Contains(SysFile.Text(p + "/dev")),
        }).OrderBy(p => p.Partition);
        return new ResourcesStorageDisk
        {
            Id = id,
            Device = SysFile.Text(path + "/dev"),
            Model = SysFile.Text(path + "/device/model"),
            Type = Kind(id, path),
            ReadOnly = SysFile.Text(path + "/ro") == "1",
            Mounted = mounted.Contains(SysFile.Text(path + "/dev")),
            Size = SysFile.Number(path + "/size") * Sector,
            Removable = SysFile.Text(path + "/removable") == "1",
            Wwn = SysFile.Text(path + "/wwid"),
            NumaNode = pci.Length > 0 ? SysFile.Numa(pci) : 0,
            BlockSize = SysFile.Number(path + "/queue/physical_block_size"),
            FirmwareVersion = SysFile.Text(path + "/device/firmware_rev"),
            Rpm = SysFile.Number(path + "/queue/rotational"),
            Serial = SysFile.Text(path + "/device/serial") is { Length: > 0 } serial ? serial : SysFile.Text(path + "/serial"),
            PciAddress = Path.GetFileName(pci),
            Partitions = [.. partitions],
        };
    }

    private static string Kind(string id, string path) => SysFile.TargetName(path + "/device/subsystem") switch
    {
        "scsi" => SysFile.Target(path + "/device").Contains("/usb", StringComparison.Ordinal) ? "usb" : "scsi",
        "" => id.StartsWith("nvme", StringComparison.Ordinal) ? "nvme" : "",
        var subsystem => subsystem,
    };

    private static HashSet<string> Mounted() => [.. SysFile.Text("/proc/self/mountinfo").Split('\n').Select(l => l.Split(' ')).Where(f => f.Length > 2).Select(f => f[2])];
}
