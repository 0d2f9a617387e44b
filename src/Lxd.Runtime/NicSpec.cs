namespace Lxd.Runtime;

public enum NicKind
{
    /// <summary>A veth pair, its host side on a bridge, or free standing without a parent.</summary>
    Veth,

    /// <summary>A macvlan on the parent interface.</summary>
    Macvlan,

    /// <summary>The host's interface itself.</summary>
    Physical,
}

/// <summary>A network interface of an instance.</summary>
/// <param name="Name">Its name inside.</param>
public sealed record NicSpec(NicKind Kind, string Name)
{
    /// <summary>The bridge of a veth, the base of a macvlan, the interface that moves in.</summary>
    public string Parent { get; init; } = "";

    /// <summary>The host side of a veth.</summary>
    public string HostName { get; init; } = "";

    public string Hwaddr { get; init; } = "";

    /// <summary>0 for the kernel's default.</summary>
    public int Mtu { get; init; }
}
