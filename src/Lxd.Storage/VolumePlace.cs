namespace Lxd.Storage;

/// <summary>Where the content of a volume in the making goes.</summary>
/// <param name="Directory">Its files, under a temporary name.</param>
/// <param name="Disk">Its disk: a file that is not there yet, or a device; empty where it has none.</param>
public sealed record VolumePlace(string Directory, string Disk);

/// <summary>Puts its content into a volume in the making.</summary>
public delegate Task VolumeFill(VolumePlace place, CancellationToken ct);
