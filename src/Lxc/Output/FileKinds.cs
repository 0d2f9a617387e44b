namespace Lxc.Output;

/// <summary>The ending a file should have by its first bytes.</summary>
internal static class FileKinds
{
    private static readonly (byte[] Magic, string Extension)[] Known =
    [
        ([0x1f, 0x8b], ".tar.gz"), ("BZh"u8.ToArray(), ".tar.bz2"), ([0xfd, (byte)'7', (byte)'z', (byte)'X', (byte)'Z', 0], ".tar.xz"), ([0x28, 0xb5, 0x2f, 0xfd], ".tar.zst"), ([0x04, 0x22, 0x4d, 0x18], ".tar.lz4"),
        ([0x5d, 0, 0], ".tar.lzma"), ("hsqs"u8.ToArray(), ".squashfs"),
    ];

    public static string ExtensionOf(string path)
    {
        var head = new byte[8];
        using var file = File.OpenRead(path);
        var length = file.ReadAtLeast(head, head.Length, false);
        return Known.FirstOrDefault(k => head.AsSpan(0, length).StartsWith(k.Magic)).Extension ?? ".tar";
    }
}
