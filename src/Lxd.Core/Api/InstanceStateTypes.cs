namespace Lxd.Core.Api;

public sealed record InstanceState
{
    public InstanceStateCPU Cpu { get; set; } = new();
    public Dictionary<string, InstanceStateDisk>? Disk { get; set; } = [];
    public InstanceStateMemory Memory { get; set; } = new();
    public Dictionary<string, InstanceStateNetwork>? Network { get; set; } = [];
    public long Pid { get; set; }
    public long Processes { get; set; }
    public string Status { get; set; } = "";
    public long StatusCode { get; set; }
}

public sealed record InstanceStateCPU
{
    public long Usage { get; set; }
}

public sealed record InstanceStateDisk
{
    public long Total { get; set; }
    public long Usage { get; set; }
}

public sealed record InstanceStateMemory
{
    public long SwapUsage { get; set; }
    public long SwapUsagePeak { get; set; }
    public long Total { get; set; }
    public long Usage { get; set; }
    public long UsagePeak { get; set; }
}

public sealed record InstanceStateNetwork
{
    public List<InstanceStateNetworkAddress> Addresses { get; set; } = [];
    public InstanceStateNetworkCounters Counters { get; set; } = new();
    public string HostName { get; set; } = "";
    public string Hwaddr { get; set; } = "";
    public long Mtu { get; set; }
    public string State { get; set; } = "";
    public string Type { get; set; } = "";
}

public sealed record InstanceStateNetworkAddress
{
    public string Address { get; set; } = "";
    public string Family { get; set; } = "";
    public string Netmask { get; set; } = "";
    public string Scope { get; set; } = "";
}

public sealed record InstanceStateNetworkCounters
{
    public ulong BytesReceived { get; set; }
    public ulong BytesSent { get; set; }
    public ulong ErrorsReceived { get; set; }
    public ulong ErrorsSent { get; set; }
    public ulong PacketsDroppedInbound { get; set; }
    public ulong PacketsDroppedOutbound { get; set; }
    public ulong PacketsReceived { get; set; }
    public ulong PacketsSent { get; set; }
}

public sealed record InstanceStatePut
{
    public string Action { get; set; } = "";
    public bool Force { get; set; }
    public bool Stateful { get; set; }
    public long Timeout { get; set; }
}
