namespace Lxd.Linux.Btrfs;

/// <summary>A subvolume as it lies in the one that was looked at.</summary>
/// <param name="Path"><c>/</c> for that one itself, else the path below it.</param>
/// <param name="Uuid">What it is called when it is sent: the UUID of the subvolume that it was received from, else its own.</param>
public sealed record SubvolumeInfo(string Path, bool ReadOnly, Guid Uuid);
