using System.IO.Compression;
using System.Text;

namespace Lxd.Daemon.Tests.Attacks;

/// <summary>A tar whose names, types and sizes are what a test says.</summary>
internal sealed class RawTarball
{
    private readonly MemoryStream _out = new();

    public RawTarball File(string name, string text) => Add(name, '0', "", Encoding.UTF8.GetBytes(text), null);

    public RawTarball Directory(string name) => Add(name, '5', "", [], null);

    public RawTarball Link(string name, string target, char type = '2') => Add(name, type, target, [], null);

    public RawTarball Pipe(string name) => Add(name, '6', "", [], null);

    /// <summary>A file of this size, of which a megabyte follows.</summary>
    public RawTarball Huge(string name, long size) => Add(name, '0', "", new byte[1 << 20], size);

    public byte[] Gzip()
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
        {
            gzip.Write(_out.ToArray());
            gzip.Write(new byte[1024]);
        }

        return packed.ToArray();
    }

    private RawTarball Add(string name, char type, string link, byte[] data, long? size)
    {
        var header = new byte[512];
        Put(header, 0, name);
        Put(header, 100, "0000755\0");
        Put(header, 108, "0000000\0");
        Put(header, 116, "0000000\0");
        Put(header, 124, Convert.ToString(size ?? data.Length, 8).PadLeft(11, '0'));
        Put(header, 136, "14500000000");
        header[156] = (byte)type;
        Put(header, 157, link);
        Put(header, 257, "ustar\0" + "00");
        Put(header, 148, "        ");
        Put(header, 148, Convert.ToString(header.Sum(b => b), 8).PadLeft(6, '0') + "\0");
        _out.Write(header);
        _out.Write(data);
        _out.Write(new byte[(512 - (data.Length % 512)) % 512]);
        return this;
    }

    private static void Put(byte[] header, int at, string text) => Encoding.Latin1.GetBytes(text).CopyTo(header, at);
}
