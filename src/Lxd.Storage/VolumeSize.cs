namespace Lxd.Storage;

/// <summary>How large a volume is to be, in bytes.</summary>
/// <param name="Bytes">The quota of files, or the size of a disk; 0 is no quota, and for a disk the size of what it is filled with or, where it is empty, <see cref="DefaultDisk"/>.</param>
/// <param name="State">The quota of the files beside a virtual machine's disk; 0 is the driver's choice.</param>
public readonly record struct VolumeSize(long Bytes, long State = 0)
{
    /// <summary>The size of a disk that is given none.</summary>
    public const long DefaultDisk = 10L << 30;

    public static implicit operator VolumeSize(long bytes) => new(bytes);
}
