namespace Lxd.Core.Api;

public sealed record ResourcesNetwork
{
    public List<ResourcesNetworkCard> Cards { get; set; } = [];
    public ulong Total { get; set; }
}

public sealed record ResourcesNetworkCard
{
    public string Driver { get; set; } = "";
    public string DriverVersion { get; set; } = "";
    public string FirmwareVersion { get; set; } = "";
    public ulong NumaNode { get; set; }
    public string PciAddress { get; set; } = "";
    public List<ResourcesNetworkCardPort> Ports { get; set; } = [];
    public string Product { get; set; } = "";
    public string ProductId { get; set; } = "";
    public ResourcesNetworkCardSRIOV? Sriov { get; set; }
    public string UsbAddress { get; set; } = "";
    public ResourcesNetworkCardVDPA? Vdpa { get; set; }
    public string Vendor { get; set; } = "";
    public string VendorId { get; set; } = "";
}

public sealed record ResourcesNetworkCardPort
{
    public string Address { get; set; } = "";
    public bool AutoNegotiation { get; set; }
    public string Id { get; set; } = "";
    public ResourcesNetworkCardPortInfiniband? Infiniband { get; set; }
    public bool LinkDetected { get; set; }
    public string LinkDuplex { get; set; } = "";
    public ulong LinkSpeed { get; set; }
    public ulong Port { get; set; }
    public string PortType { get; set; } = "";
    public string Protocol { get; set; } = "";
    public List<string> SupportedModes { get; set; } = [];
    public List<string> SupportedPorts { get; set; } = [];
    public string TransceiverType { get; set; } = "";
}

public sealed record ResourcesNetworkCardPortInfiniband
{
    public string IssmDevice { get; set; } = "";
    public string IssmName { get; set; } = "";
    public string MadDevice { get; set; } = "";
    public string MadName { get; set; } = "";
    public string VerbDevice { get; set; } = "";
    public string VerbName { get; set; } = "";
}

public sealed record ResourcesNetworkCardSRIOV
{
    public ulong CurrentVfs { get; set; }
    public ulong MaximumVfs { get; set; }
    public List<ResourcesNetworkCard> Vfs { get; set; } = [];
}

public sealed record ResourcesNetworkCardVDPA
{
    public string Device { get; set; } = "";
    public string Name { get; set; } = "";
}
