using System.Globalization;

namespace Lxd.Core;

/// <summary>Sizes as users write them: bytes (<c>10GiB</c>, <c>5MB</c>, plain numbers), bits per second (<c>100Mbit</c>) and the text shown for them.</summary>
public static class Units
{
    private static readonly (string Suffix, long Factor)[] ByteSuffixes =
    [
        ("EiB", 1L << 60), ("PiB", 1L << 50), ("TiB", 1L << 40), ("GiB", 1L << 30), ("MiB", 1L << 20), ("KiB", 1L << 10),
        ("EB", 1_000_000_000_000_000_000), ("PB", 1_000_000_000_000_000), ("TB", 1_000_000_000_000), ("GB", 1_000_000_000), ("MB", 1_000_000), ("kB", 1000), ("KB", 1000),
        (" bytes", 1), ("B", 1),
    ];

    private static readonly (string Suffix, long Factor)[] BitSuffixes =
    [
        ("Eibit", 1L << 60), ("Pibit", 1L << 50), ("Tibit", 1L << 40), ("Gibit", 1L << 30), ("Mibit", 1L << 20), ("Kibit", 1L << 10),
        ("Ebit", 1_000_000_000_000_000_000), ("Pbit", 1_000_000_000_000_000), ("Tbit", 1_000_000_000_000), ("Gbit", 1_000_000_000), ("Mbit", 1_000_000), ("kbit", 1000), ("bit", 1),
    ];

    /// <summary>Bytes from a text such as <c>512MiB</c>; an empty text is 0. Throws a bad request for anything else.</summary>
    public static long ParseBytes(string text) => Parse(text, ByteSuffixes);

    /// <summary>Bits from a text such as <c>100Mbit</c>; an empty text is 0.</summary>
    public static long ParseBits(string text) => Parse(text, BitSuffixes);

    /// <summary>A size in IEC units with two digits: <c>1.50GiB</c>; below 1 KiB plain <c>512B</c>.</summary>
    public static string FormatBytes(long bytes, int digits = 2)
    {
        if (bytes < 1024 && bytes > -1024)
        {
            return bytes.ToString(CultureInfo.InvariantCulture) + "B";
        }

        double value = bytes;
        foreach (var unit in (string[])["KiB", "MiB", "GiB", "TiB", "PiB"])
        {
            value /= 1024;
            if (Math.Abs(value) < 1024)
            {
                return value.ToString("F" + digits, CultureInfo.InvariantCulture) + unit;
            }
        }

        return (value / 1024).ToString("F" + digits, CultureInfo.InvariantCulture) + "EiB";
    }

    /// <summary>A size in SI units with two digits: <c>3.40MB</c>; below 1 kB plain <c>512B</c>.</summary>
    public static string FormatBytesSi(long bytes, int digits = 2)
    {
        if (bytes < 1000 && bytes > -1000)
        {
            return bytes.ToString(CultureInfo.InvariantCulture) + "B";
        }

        double value = bytes;
        foreach (var unit in (string[])["kB", "MB", "GB", "TB", "PB"])
        {
            value /= 1000;
            if (Math.Abs(value) < 1000)
            {
                return value.ToString("F" + digits, CultureInfo.InvariantCulture) + unit;
            }
        }

        return (value / 1000).ToString("F" + digits, CultureInfo.InvariantCulture) + "EB";
    }

    private static long Parse(string text, (string Suffix, long Factor)[] suffixes)
    {
        text = text.Trim();
        if (text.Length == 0)
        {
            return 0;
        }

        long factor = 1;
        var number = text;
        if (!char.IsAsciiDigit(text[^1]))
        {
            var found = Array.Find(suffixes, s => text.EndsWith(s.Suffix, StringComparison.Ordinal));
            if (found.Suffix is null)
            {
                throw ApiException.BadRequest($"Invalid value: {text}");
            }

            factor = found.Factor;
            number = text[..^found.Suffix.Length].TrimEnd();
        }

        if (!long.TryParse(number, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value))
        {
            throw ApiException.BadRequest($"Invalid integer: {number}");
        }

        try
        {
            return checked(value * factor);
        }
        catch (OverflowException)
        {
            throw ApiException.BadRequest($"Value too large: {text}");
        }
    }
}
