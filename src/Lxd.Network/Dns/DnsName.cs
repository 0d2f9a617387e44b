using System.Text;

namespace Lxd.Network.Dns;

/// <summary>Names as DNS writes them: labels with their lengths.</summary>
internal static class DnsName
{
    private const int LongestLabel = 63;
    private const int LongestName = 255;

    /// <summary>Null for what is no name. A dot at the end may be there or not.</summary>
    public static byte[]? Encode(string name)
    {
        var bytes = new List<byte>();
        foreach (var label in name.TrimEnd('.') is { Length: > 0 } plain ? plain.Split('.') : [])
        {
            var text = Encoding.UTF8.GetBytes(label);
            if (text.Length is 0 or > LongestLabel)
            {
                return null;
            }

            bytes.Add((byte)text.Length);
            bytes.AddRange(text);
        }

        bytes.Add(0);
        return bytes.Count <= LongestName ? [.. bytes] : null;
    }

    /// <summary>The name at a place of a message and the place after it; an empty name and -1 for what is none.</summary>
    public static (string Name, int Next) Decode(ReadOnlySpan<byte> message, int at)
    {
        var name = new StringBuilder();
        var next = -1;
        for (var jumps = 0; at < message.Length && jumps < 32 && name.Length <= LongestName;)
        {
            var length = message[at];
            if (length == 0)
            {
                return (name.ToString(), next < 0 ? at + 1 : next);
            }

            if ((length & 0xc0) == 0xc0 && at + 1 < message.Length)
            {
                next = next < 0 ? at + 2 : next;
                at = (length & 0x3f) << 8 | message[at + 1];
                jumps++;
                continue;
            }

            if (length > LongestLabel || at + 1 + length > message.Length)
            {
                break;
            }

            name.Append(name.Length > 0 ? "." : "").Append(Encoding.UTF8.GetString(message.Slice(at + 1, length)));
            at += 1 + length;
        }

        return ("", -1);
    }
}
