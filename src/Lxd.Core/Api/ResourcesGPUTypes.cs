namespace Lxd.Core.Api;

public sealed record ResourcesGPU
{
    public List<ResourcesGPUCard> Cards { get; set; } = [];
    public ulong Total { get; set; }
}

public sealed record ResourcesGPUCard
{
    public string Driver { get; set; } = "";
    public string DriverVersion { get; set; } = "";
    public ResourcesGPUCardDRM? Drm { get; set; }
    public Dictionary<string, ResourcesGPUCardMdev> Mdev { get; set; } = [];
    public ulong NumaNode { get; set; }
    public ResourcesGPUCardNvidia? Nvidia { get; set; }
    public string PciAddress { get; set; } = "";
    public string Product { get; set; } = "";
    public string ProductId { get; set; } = "";
    public ResourcesGPUCardSRIOV? Sriov { get; set; }
    public string UsbAddress { get; set; } = "";
    public string Vendor { get; set; } = "";
    public string VendorId { get; set; } = "";
}

public sealed record ResourcesGPUCardDRM
{
    public string CardDevice { get; set; } = "";
    public string CardName { get; set; } = "";
    public string ControlDevice { get; set; } = "";
    public string ControlName { get; set; } = "";
    public ulong Id { get; set; }
    public string RenderDevice { get; set; } = "";
    public string RenderName { get; set; } = "";
}

public sealed record ResourcesGPUCardMdev
{
    public string Api { get; set; } = "";
    public ulong Available { get; set; }
    public string Description { get; set; } = "";
    public List<string> Devices { get; set; } = [];
    public string Name { get; set; } = "";
}

public sealed record ResourcesGPUCardNvidia
{
    public string Architecture { get; set; } = "";
    public string Brand { get; set; } = "";
    public string CardDevice { get; set; } = "";
    public string CardName { get; set; } = "";
    public string CudaVersion { get; set; } = "";
    public string Model { get; set; } = "";
    public string NvrmVersion { get; set; } = "";
    public string Uuid { get; set; } = "";
}

public sealed record ResourcesGPUCardSRIOV
{
    public ulong CurrentVfs { get; set; }
    public ulong MaximumVfs { get; set; }
    public List<ResourcesGPUCard> Vfs { get; set; } = [];
}
