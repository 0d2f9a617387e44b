using System.Globalization;
using Lxd.Core.Sftp;

namespace Lxd.Daemon.Instances.Files.Sftp;

/// <summary>The line for people that comes with each entry of a listing, in the form of <c>ls -l</c>.</summary>
internal static class LongName
{
    private const string Types = "?pc?d?b?-?l?s???";

    public static string Of(string name, SftpAttributes attributes)
    {
        var (uid, gid) = attributes.Owner ?? (0, 0);
        var time = DateTime.UnixEpoch.AddSeconds(attributes.Times?.Modified ?? 0);
        return string.Create(CultureInfo.InvariantCulture, $"{Mode(attributes.Mode ?? 0)} {1,4} {uid,-8} {gid,-8} {attributes.Size ?? 0,8} {time:MMM dd yyyy} {name}");
    }

    private static string Mode(uint mode)
    {
        Span<char> text = stackalloc char[10];
        "?rwxrwxrwx".CopyTo(text);
        text[0] = Types[(int)(mode >> 12) & 0xf];
        for (var bit = 0; bit < 9; bit++)
        {
            if ((mode >> (8 - bit) & 1) == 0)
            {
                text[bit + 1] = '-';
            }
        }

        return text.ToString();
    }
}
