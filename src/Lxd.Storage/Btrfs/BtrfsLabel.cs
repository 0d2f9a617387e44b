using Lxd.Core;

namespace Lxd.Storage.Btrfs;

/// <summary>Reads the identity of a btrfs out of its super block.</summary>
internal static class BtrfsLabel
{
    private const int SuperBlock = 0x10000;
    private const int UuidOffset = 0x20;
    private const int MagicOffset = 0x40;

    public static string ReadUuid(string device)
    {
        Span<byte> block = stackalloc byte[4096];
        using var file = File.OpenRead(device);
        file.Seek(SuperBlock, SeekOrigin.Begin);
        file.ReadExactly(block);
        return block.Slice(MagicOffset, 8).SequenceEqual("_BHRfS_M"u8)
            ? new Guid(block.Slice(UuidOffset, 16), bigEndian: true).ToString()
            : throw ApiException.BadRequest($"\"{device}\" has no btrfs file system");
    }
}
