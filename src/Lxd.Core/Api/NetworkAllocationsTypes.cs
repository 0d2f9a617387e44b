namespace Lxd.Core.Api;

public sealed record NetworkAllocations
{
    public string Addresses { get; set; } = "";
    public string Hwaddr { get; set; } = "";
    public bool Nat { get; set; }
    public string Network { get; set; } = "";
    public string Type { get; set; } = "";
    public string UsedBy { get; set; } = "";
}
