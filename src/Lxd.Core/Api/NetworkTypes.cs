namespace Lxd.Core.Api;

public sealed record Network
{
    public Dictionary<string, string> Config { get; set; } = [];
    public string Description { get; set; } = "";
    public List<string> Locations { get; set; } = [];
    public bool Managed { get; set; }
    public string Name { get; set; } = "";
    public string Project { get; set; } = "";
    public string Status { get; set; } = "";
    public string Type { get; set; } = "";
    public List<string> UsedBy { get; set; } = [];
}

public sealed record NetworkLease
{
    public string Address { get; set; } = "";
    public string Hostname { get; set; } = "";
    public string Hwaddr { get; set; } = "";
    public string Location { get; set; } = "";
    public string Project { get; set; } = "";
    public string Type { get; set; } = "";
}

public sealed record NetworkPost
{
    public string Name { get; set; } = "";
}

public sealed record NetworkPut
{
    public Dictionary<string, string> Config { get; set; } = [];
    public string Description { get; set; } = "";
}

public sealed record NetworkState
{
    public List<NetworkStateAddress> Addresses { get; set; } = [];
    public NetworkStateBond? Bond { get; set; }
    public NetworkStateBridge? Bridge { get; set; }
    public NetworkStateCounters Counters { get; set; } = new();
    public string Hwaddr { get; set; } = "";
    public long Mtu { get; set; }
    public NetworkStateOVN? Ovn { get; set; }
    public string State { get; set; } = "";
    public string Type { get; set; } = "";
    public NetworkStateVLAN? Vlan { get; set; }
}

public sealed record NetworkStateAddress
{
    public string Address { get; set; } = "";
    public string Family { get; set; } = "";
    public string Netmask { get; set; } = "";
    public string Scope { get; set; } = "";
}

public sealed record NetworkStateBond
{
    public ulong DownDelay { get; set; }
    public List<string> LowerDevices { get; set; } = [];
    public ulong MiiFrequency { get; set; }
    public string MiiState { get; set; } = "";
    public string Mode { get; set; } = "";
    public string TransmitPolicy { get; set; } = "";
    public ulong UpDelay { get; set; }
}

public sealed record NetworkStateBridge
{
    public ulong ForwardDelay { get; set; }
    public string Id { get; set; } = "";
    public bool Stp { get; set; }
    public List<string> UpperDevices { get; set; } = [];
    public ulong VlanDefault { get; set; }
    public bool VlanFiltering { get; set; }
}

public sealed record NetworkStateCounters
{
    public ulong BytesReceived { get; set; }
    public ulong BytesSent { get; set; }
    public ulong PacketsReceived { get; set; }
    public ulong PacketsSent { get; set; }
}

public sealed record NetworkStateOVN
{
    public string Chassis { get; set; } = "";
}

public sealed record NetworkStateVLAN
{
    public string LowerDevice { get; set; } = "";
    public ulong Vid { get; set; }
}

public sealed record NetworksPost
{
    public Dictionary<string, string> Config { get; set; } = [];
    public string Description { get; set; } = "";
    public string Name { get; set; } = "";
    public string Type { get; set; } = "";
}
