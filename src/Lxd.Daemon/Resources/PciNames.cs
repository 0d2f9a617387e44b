namespace Lxd.Daemon.Resources;

/// <summary>Names of vendors and products, from the lists distributions carry; empty where there is none.</summary>
internal sealed class PciNames
{
    private readonly Dictionary<string, string> _names = [];

    private PciNames()
    {
    }

    public static PciNames Pci() => Load("/usr/share/misc/pci.ids", "/usr/share/hwdata/pci.ids");

    public static PciNames Usb() => Load("/usr/share/misc/usb.ids", "/var/lib/usbutils/usb.ids", "/usr/share/hwdata/usb.ids");

    public string Vendor(string vendor) => _names.GetValueOrDefault(vendor, "");

    public string Product(string vendor, string product) => _names.GetValueOrDefault(vendor + ":" + product, "");

    private static PciNames Load(params string[] files)
    {
        var names = new PciNames();
        var file = Array.Find(files, File.Exists);
        var vendor = "";
        foreach (var line in file is null ? [] : File.ReadLines(file))
        {
            if (line.StartsWith("C ", StringComparison.Ordinal))
            {
                break;
            }

            if (line.Length < 7 || line[0] == '#' || line.StartsWith("\t\t", StringComparison.Ordinal))
            {
                continue;
            }

            if (line[0] == '\t')
            {
                names._names.TryAdd(vendor + ":" + line[1..5], line[5..].Trim());
            }
            else
            {
                vendor = line[..4];
                names._names.TryAdd(vendor, line[4..].Trim());
            }
        }

        return names;
    }
}
