namespace Lxd.Core.Api;

public sealed record Warning
{
    public long Count { get; set; }
    public string EntityUrl { get; set; } = "";
    public DateTime FirstSeenAt { get; set; }
    public string LastMessage { get; set; } = "";
    public DateTime LastSeenAt { get; set; }
    public string Location { get; set; } = "";
    public string Project { get; set; } = "";
    public string Severity { get; set; } = "";
    public string Status { get; set; } = "";
    public string Type { get; set; } = "";
    public string Uuid { get; set; } = "";
}

public sealed record WarningPut
{
    public string Status { get; set; } = "";
}
