namespace Lxd.Core.Api;

public sealed record ResourcesMemory
{
    public ulong HugepagesSize { get; set; }
    public ulong HugepagesTotal { get; set; }
    public ulong HugepagesUsed { get; set; }
    public List<ResourcesMemoryNode> Nodes { get; set; } = [];
    public ulong Total { get; set; }
    public ulong Used { get; set; }
}

public sealed record ResourcesMemoryNode
{
    public ulong HugepagesTotal { get; set; }
    public ulong HugepagesUsed { get; set; }
    public ulong NumaNode { get; set; }
    public ulong Total { get; set; }
    public ulong Used { get; set; }
}
