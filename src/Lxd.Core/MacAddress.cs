using System.Globalization;
using System.Security.Cryptography;
using System.Text.RegularExpressions;

namespace Lxd.Core;

/// <summary>Addresses of interfaces.</summary>
public static partial class MacAddress
{
    /// <summary>A random address of the range LXD hands out: <c>00:16:3e:xx:xx:xx</c>.</summary>
    public static string Random()
    {
        Span<byte> bytes = stackalloc byte[3];
        RandomNumberGenerator.Fill(bytes);
        return string.Create(CultureInfo.InvariantCulture, $"00:16:3e:{bytes[0]:x2}:{bytes[1]:x2}:{bytes[2]:x2}");
    }

    public static bool IsValid(string text) => Pattern().IsMatch(text);

    [GeneratedRegex("^[0-9a-fA-F]{2}(:[0-9a-fA-F]{2}){5}$")]
    private static partial Regex Pattern();
}
