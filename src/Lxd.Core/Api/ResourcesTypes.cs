namespace Lxd.Core.Api;

public sealed record Resources
{
    public ResourcesCPU Cpu { get; set; } = new();
    public ResourcesGPU Gpu { get; set; } = new();
    public ResourcesMemory Memory { get; set; } = new();
    public ResourcesNetwork Network { get; set; } = new();
    public ResourcesPCI Pci { get; set; } = new();
    public ResourcesStorage Storage { get; set; } = new();
    public ResourcesSystem System { get; set; } = new();
    public ResourcesUSB Usb { get; set; } = new();
}

public sealed record ResourcesPCI
{
    public List<ResourcesPCIDevice> Devices { get; set; } = [];
    public ulong Total { get; set; }
}

public sealed record ResourcesPCIDevice
{
    public string Driver { get; set; } = "";
    public string DriverVersion { get; set; } = "";
    public ulong IommuGroup { get; set; }
    public ulong NumaNode { get; set; }
    public string PciAddress { get; set; } = "";
    public string Product { get; set; } = "";
    public string ProductId { get; set; } = "";
    public string Vendor { get; set; } = "";
    public string VendorId { get; set; } = "";
    public ResourcesPCIVPD Vpd { get; set; } = new();
}

public sealed record ResourcesPCIVPD
{
    public Dictionary<string, string> Entries { get; set; } = [];
    public string ProductName { get; set; } = "";
}

public sealed record ResourcesSystem
{
    public ResourcesSystemChassis? Chassis { get; set; }
    public string Family { get; set; } = "";
    public ResourcesSystemFirmware? Firmware { get; set; }
    public ResourcesSystemMotherboard? Motherboard { get; set; }
    public string Product { get; set; } = "";
    public string Serial { get; set; } = "";
    public string Sku { get; set; } = "";
    public string Type { get; set; } = "";
    public string Uuid { get; set; } = "";
    public string Vendor { get; set; } = "";
    public string Version { get; set; } = "";
}

public sealed record ResourcesSystemChassis
{
    public string Serial { get; set; } = "";
    public string Type { get; set; } = "";
    public string Vendor { get; set; } = "";
    public string Version { get; set; } = "";
}

public sealed record ResourcesSystemFirmware
{
    public string Date { get; set; } = "";
    public string Vendor { get; set; } = "";
    public string Version { get; set; } = "";
}

public sealed record ResourcesSystemMotherboard
{
    public string Product { get; set; } = "";
    public string Serial { get; set; } = "";
    public string Vendor { get; set; } = "";
    public string Version { get; set; } = "";
}

public sealed record ResourcesUSB
{
    public List<ResourcesUSBDevice> Devices { get; set; } = [];
    public ulong Total { get; set; }
}

public sealed record ResourcesUSBDevice
{
    public ulong BusAddress { get; set; }
    public ulong DeviceAddress { get; set; }
    public List<ResourcesUSBDeviceInterface> Interfaces { get; set; } = [];
    public string Product { get; set; } = "";
    public string ProductId { get; set; } = "";
    public string Serial { get; set; } = "";
    public double Speed { get; set; }
    public string Vendor { get; set; } = "";
    public string VendorId { get; set; } = "";
}

public sealed record ResourcesUSBDeviceInterface
{
    public string Class { get; set; } = "";
    public ulong ClassId { get; set; }
    public string Driver { get; set; } = "";
    public string DriverVersion { get; set; } = "";
    public ulong Number { get; set; }
    public string Subclass { get; set; } = "";
    public ulong SubclassId { get; set; }
}
