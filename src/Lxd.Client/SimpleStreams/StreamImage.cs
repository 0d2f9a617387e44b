using Lxd.Core.Api;

namespace Lxd.Client.SimpleStreams;

/// <summary>One file of an image on a server.</summary>
/// <param name="Path">Below the server's address.</param>
/// <param name="Sha256">Hex; empty where the server does not tell.</param>
public sealed record StreamFile(string Path, string Sha256, long Size);

/// <summary>The difference between the root file system of an older image and that of this one (vcdiff).</summary>
/// <param name="Base">The fingerprint of the older image.</param>
public sealed record StreamDelta(StreamFile File, string Base);

/// <summary>An image a server offers: its description and the files it is made of.</summary>
/// <param name="Image">As LXD shows it.</param>
/// <param name="Meta">The metadata, or the whole unified image.</param>
/// <param name="Root">The root file system or disk; null for a unified image.</param>
public sealed record StreamImage(Image Image, StreamFile Meta, StreamFile? Root)
{
    public IReadOnlyList<StreamDelta> Deltas { get; init; } = [];
}
