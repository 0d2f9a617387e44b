namespace Lxd.Runtime;

/// <summary>A network interface of an instance: an interface of the host, ready made, that moves in.</summary>
/// <param name="Name">Its name inside.</param>
/// <param name="Link">Its name on the host, before it moves in and when it comes back.</param>
public sealed record NicSpec(string Name, string Link)
{
    /// <summary>Finds it inside again where somebody has renamed it.</summary>
    public string Hwaddr { get; init; } = "";

    /// <summary>It is to come back whole to the host when the instance stops: hardware. Others are made anew at each start.</summary>
    public bool Returns { get; init; }

    /// <summary>Addresses to give it inside, with their prefixes: <c>192.0.2.7/32</c>.</summary>
    public IReadOnlyList<string> Addresses { get; init; } = [];

    /// <summary>Default gateways inside, at most one a family; <c>dev4</c> and <c>dev6</c> stand for the interface itself.</summary>
    public IReadOnlyList<string> Gateways { get; init; } = [];
}
