using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Lxd.Network.Dns;

/// <summary>The data of records, from their text to their bytes.</summary>
public static class DnsData
{
    private static readonly Dictionary<string, ushort> Types = new(StringComparer.OrdinalIgnoreCase)
    {
        ["A"] = 1, ["NS"] = 2, ["CNAME"] = 5, ["SOA"] = 6, ["PTR"] = 12, ["MX"] = 15, ["TXT"] = 16, ["AAAA"] = 28, ["SRV"] = 33, ["DNAME"] = 39, ["SSHFP"] = 44, ["TLSA"] = 52, ["CAA"] = 257,
    };

    /// <summary>The number of a type; 0 for one that is not known here.</summary>
    public static ushort TypeCode(string type) => Types.GetValueOrDefault(type);

    /// <summary>Null where the value is none of the type.</summary>
    public static byte[]? Encode(string type, string value)
    {
        var words = Words(value);
        return (type.ToUpperInvariant(), words) switch
        {
            ("A", [var address]) => Address(address, AddressFamily.InterNetwork),
            ("AAAA", [var address]) => Address(address, AddressFamily.InterNetworkV6),
            ("NS" or "CNAME" or "PTR" or "DNAME", [var name]) => DnsName.Encode(name),
            ("MX", [var preference, var name]) => Join(Short(preference), DnsName.Encode(name)),
            ("SRV", [var priority, var weight, var port, var name]) => Join(Short(priority), Short(weight), Short(port), DnsName.Encode(name)),
            ("TXT", [_, ..]) => Join([.. words.Select(w => Encoding.UTF8.GetBytes(w)).Select(b => b.Length <= byte.MaxValue ? (byte[])[(byte)b.Length, .. b] : null)]),
            ("CAA", [var flags, var tag, var text]) => Join(Byte(flags), (byte[])[(byte)tag.Length, .. Encoding.UTF8.GetBytes(tag)], Encoding.UTF8.GetBytes(text)),
            ("SSHFP", [var algorithm, var kind, var print]) => Join(Byte(algorithm), Byte(kind), Hex(print)),
            ("TLSA", [var usage, var selector, var match, var data]) => Join(Byte(usage), Byte(selector), Byte(match), Hex(data)),
            ("SOA", [var primary, var mail, .. { Length: 5 } numbers]) => Join([DnsName.Encode(primary), DnsName.Encode(mail), .. numbers.Select(Long)]),
            _ => null,
        };
    }

    /// <summary>Words are separated by spaces; quotes keep spaces, a backslash keeps what follows.</summary>
    private static string[] Words(string value)
    {
        var words = new List<string>();
        StringBuilder? word = null;
        var quoted = false;
        for (var i = 0; i < value.Length; i++)
        {
            var c = value[i];
            if (c == '\\' && i + 1 < value.Length)
            {
                (word ??= new StringBuilder()).Append(value[++i]);
            }
            else if (c == '"')
            {
                quoted = !quoted;
                word ??= new StringBuilder();
            }
            else if (char.IsWhiteSpace(c) && !quoted)
            {
                if (word is not null)
                {
                    words.Add(word.ToString());
                    word = null;
                }
            }
            else
            {
                (word ??= new StringBuilder()).Append(c);
            }
        }

        if (word is not null)
        {
            words.Add(word.ToString());
        }

        return quoted ? [] : [.. words];
    }

    private static byte[]? Address(string text, AddressFamily family) =>
        IPAddress.TryParse(text, out var address) && address.AddressFamily == family && (family != AddressFamily.InterNetwork || text.Count(c => c == '.') == 3) ? address.GetAddressBytes() : null;

    private static byte[]? Byte(string text) => byte.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? [number] : null;

    private static byte[]? Short(string text) => ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? [(byte)(number >> 8), (byte)number] : null;

    private static byte[]? Long(string text) => uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? [(byte)(number >> 24), (byte)(number >> 16), (byte)(number >> 8), (byte)number] : null;

    private static byte[]? Hex(string text) => text.Length > 0 && text.Length % 2 == 0 && text.All(char.IsAsciiHexDigit) ? Convert.FromHexString(text) : null;

    private static byte[]? Join(params byte[]?[] parts) => parts.Contains(null) ? null : [.. parts.SelectMany(p => p!)];
}
