namespace Lxd.Core.Api;

public sealed record ResourcesCPU
{
    public string Architecture { get; set; } = "";
    public List<ResourcesCPUSocket> Sockets { get; set; } = [];
    public ulong Total { get; set; }
}

public sealed record ResourcesCPUCache
{
    public ulong Level { get; set; }
    public ulong Size { get; set; }
    public string Type { get; set; } = "";
}

public sealed record ResourcesCPUCore
{
    public ulong Core { get; set; }
    public ulong Die { get; set; }
    public ulong Frequency { get; set; }
    public List<ResourcesCPUThread> Threads { get; set; } = [];
}

public sealed record ResourcesCPUSocket
{
    public List<ResourcesCPUCache> Cache { get; set; } = [];
    public List<ResourcesCPUCore> Cores { get; set; } = [];
    public ulong Frequency { get; set; }
    public ulong FrequencyMinimum { get; set; }
    public ulong FrequencyTurbo { get; set; }
    public string Name { get; set; } = "";
    public ulong Socket { get; set; }
    public string Vendor { get; set; } = "";
}

public sealed record ResourcesCPUThread
{
    public long Id { get; set; }
    public bool Isolated { get; set; }
    public ulong NumaNode { get; set; }
    public bool Online { get; set; }
    public ulong Thread { get; set; }
}
