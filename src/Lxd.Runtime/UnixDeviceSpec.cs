namespace Lxd.Runtime;

/// <summary>A device node inside an instance.</summary>
/// <param name="Path">Where it appears.</param>
public sealed record UnixDeviceSpec(string Path, bool Block, uint Major, uint Minor)
{
    /// <summary>The node on the host that is bound in; made by the caller with the right owner and mode.</summary>
    public required string HostPath { get; init; }
}
