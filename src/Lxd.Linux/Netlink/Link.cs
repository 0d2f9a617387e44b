namespace Lxd.Linux.Netlink;

/// <summary>A link as the kernel tells it.</summary>
/// <param name="Kind"><c>veth</c>, <c>bridge</c>, <c>macvlan</c>; empty for hardware and the loopback.</param>
public sealed record Link(int Index, string Name, string Kind, string Hwaddr, int Mtu, int QueueLength, bool IsUp, int Master);

/// <summary>One side of a link to be made, or what to change on a link; null leaves it.</summary>
public sealed record LinkOptions
{
    public string? Name { get; init; }
    public string? Hwaddr { get; init; }
    public int? Mtu { get; init; }
    public int? QueueLength { get; init; }

    /// <summary>Index of the bridge; 0 takes it out of its bridge.</summary>
    public int? Master { get; init; }

    public bool? Up { get; init; }

    /// <summary>A process to whose network namespace it moves.</summary>
    public int? MoveTo { get; init; }
}
