using System.Text;

namespace Lxd.Linux.Disks;

/// <summary>File names as they are on disk: bytes, of any encoding. A raw name is a string with one char (0-255) per byte.</summary>
internal static class RawName
{
    public static string FromText(string text) => IsAscii(text) ? text : Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(text));

    /// <summary>For people and filters; bytes that are no UTF-8 become replacement characters.</summary>
    public static string ToText(string raw) => IsAscii(raw) ? raw : Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(raw));

    public static string FromBytes(ReadOnlySpan<byte> bytes) => Encoding.Latin1.GetString(bytes);

    /// <summary>The bytes with the NUL that ends them.</summary>
    public static byte[] ToBytes(string raw)
    {
        var bytes = new byte[raw.Length + 1];
        Encoding.Latin1.GetBytes(raw, bytes);
        return bytes;
    }

    private static bool IsAscii(string text) => Ascii.IsValid(text);
}
