using System.Buffers.Binary;
using Lxd.Core;
using Lxd.Linux.Processes;

namespace Lxd.Linux.Disks;

/// <summary>Disks in the file format of QEMU. Those of images come from strangers: their header is judged here before any tool opens them.</summary>
public static class Qcow2
{
    private const int HeaderLength = 104;
    private const int Version2Length = 72;
    private const uint Magic = 0x514649fb;
    private const ulong ExternalData = 1 << 2;
    private const long Largest = 1L << 46;

    /// <summary>The most memory the tool may have: a crafted file may ask for more.</summary>
    private const string Memory = "--as=2147483648";

    /// <summary>The size of the disk in a file. A bad request for a file that is none, or that would have other files of the host read as its data.</summary>
    public static long ReadSize(string path)
    {
        Span<byte> header = stackalloc byte[HeaderLength];
        using (var file = File.OpenHandle(path))
        {
            if (RandomAccess.Read(file, header, 0) < Version2Length || BinaryPrimitives.ReadUInt32BigEndian(header) != Magic)
            {
                throw ApiException.BadRequest("The image's disk is not in the qcow2 format");
            }
        }

        var version = BinaryPrimitives.ReadUInt32BigEndian(header[4..]);
        var size = BinaryPrimitives.ReadInt64BigEndian(header[24..]);
        if (version is not (2 or 3) || size is <= 0 or > Largest)
        {
            throw ApiException.BadRequest("The image's disk has an invalid header");
        }

        if (BinaryPrimitives.ReadUInt64BigEndian(header[8..]) != 0 || (version == 3 && (BinaryPrimitives.ReadUInt64BigEndian(header[72..]) & ExternalData) != 0))
        {
            throw ApiException.BadRequest("The image's disk refers to other files");
        }

        return BinaryPrimitives.ReadUInt32BigEndian(header[32..]) == 0 ? size : throw ApiException.BadRequest("The image's disk is encrypted");
    }

    /// <summary>Writes the disk in a file that <see cref="ReadSize"/> found good to a raw one, with holes.</summary>
    public static Task UnpackAsync(string path, string disk, CancellationToken ct) => ConvertAsync(["-f", "qcow2", "-O", "raw"], path, disk, ct);

    /// <summary>Writes a raw disk to a compressed file.</summary>
    public static Task PackAsync(string disk, string path, CancellationToken ct) => ConvertAsync(["-f", "raw", "-O", "qcow2", "-c"], disk, path, ct);

    private static async Task ConvertAsync(string[] arguments, string from, string to, CancellationToken ct)
    {
        var tool = PipedTool.Find("qemu-img") ?? throw ApiException.Internal("The tool \"qemu-img\" is not installed");
        await File.Create(to).DisposeAsync().ConfigureAwait(false);
        await PipedTool.RunAsync("prlimit", [Memory, "--", tool, "convert", .. arguments, from, to], ct, new Confinement { Reads = [from], Writes = [to] }).ConfigureAwait(false);
    }
}
