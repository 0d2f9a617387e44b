using Lxd.Core.Api;

namespace Lxd.Client.SimpleStreams;

/// <summary>One file of an image on a server.</summary>
/// <param name="Path">Below the server's address.</param>
/// <param name="Sha256">Hex; empty where the server does not tell.</param>
public sealed record StreamFile(string Path, string Sha256, long Size);

/// <summary>An image a server offers: its description and the files it is made of.</summary>
/// <param name="Image">As LXD shows it.</param>
/// <param name="Meta">The metadata, or the whole unified image.</param>
/// <param name="Root">The root file system or disk; null for a unified image.</param>
public sealed record StreamImage(Image Image, StreamFile Meta, StreamFile? Root);
