namespace Lxd.Core.Api;

public sealed record NetworkZone
{
    public Dictionary<string, string> Config { get; set; } = [];
    public string Description { get; set; } = "";
    public string Name { get; set; } = "";
    public string Project { get; set; } = "";
    public List<string> UsedBy { get; set; } = [];
}

public sealed record NetworkZonePut
{
    public Dictionary<string, string> Config { get; set; } = [];
    public string Description { get; set; } = "";
}

public sealed record NetworkZoneRecord
{
    public Dictionary<string, string> Config { get; set; } = [];
    public string Description { get; set; } = "";
    public List<NetworkZoneRecordEntry> Entries { get; set; } = [];
    public string Name { get; set; } = "";
}

public sealed record NetworkZoneRecordEntry
{
    public ulong Ttl { get; set; }
    public string Type { get; set; } = "";
    public string Value { get; set; } = "";
}

public sealed record NetworkZoneRecordPut
{
    public Dictionary<string, string> Config { get; set; } = [];
    public string Description { get; set; } = "";
    public List<NetworkZoneRecordEntry> Entries { get; set; } = [];
}

public sealed record NetworkZoneRecordsPost
{
    public Dictionary<string, string> Config { get; set; } = [];
    public string Description { get; set; } = "";
    public List<NetworkZoneRecordEntry> Entries { get; set; } = [];
    public string Name { get; set; } = "";
}

public sealed record NetworkZonesPost
{
    public Dictionary<string, string> Config { get; set; } = [];
    public string Description { get; set; } = "";
    public string Name { get; set; } = "";
}
