using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Lxd.Monitor.Proxy;

/// <summary>One end of a proxy: <c>tcp:127.0.0.1:80</c>, <c>udp:[::1]:53</c>, <c>unix:/run/x</c>, <c>unix:@name</c>.</summary>
internal sealed unsafe record Address(string Text)
{
    public bool IsUnix => Text.StartsWith("unix:", StringComparison.Ordinal);

    public bool IsDatagram => Text.StartsWith("udp:", StringComparison.Ordinal);

    public int Type => IsDatagram ? Native.Datagram : Native.Stream;

    /// <summary>The path of a socket in the file system; empty for the others.</summary>
    public string Path => IsUnix && Text[5] != '@' ? Text[5..] : "";

    public int Family => IsUnix ? Native.Unix : Text[4] == '[' ? Native.Inet6 : Native.Inet;

    /// <summary>As the kernel takes it.</summary>
    public byte[] Bytes()
    {
        if (IsUnix)
        {
            var name = Encoding.UTF8.GetBytes(Text[5..]);
            if (name.Length > 107)
            {
                throw new IOException($"The path of {Text} is too long");
            }

            if (name[0] == (byte)'@')
            {
                name[0] = 0;
                return [Native.Unix, 0, .. name];
            }

            return [Native.Unix, 0, .. name, 0];
        }

        var colon = Text.LastIndexOf(':');
        var port = ushort.Parse(Text[(colon + 1)..], CultureInfo.InvariantCulture);
        var ip = new byte[Family == Native.Inet6 ? 16 : 4];
        fixed (byte* p = ip)
        {
            if (Native.inet_pton(Family, Text[4..colon].Trim('[', ']'), p) != 1)
            {
                throw new IOException($"Not an IP address: {Text}");
            }
        }

        return ip.Length == 4
            ? [Native.Inet, 0, (byte)(port >> 8), (byte)port, .. ip, .. new byte[8]]
            : [Native.Inet6, 0, (byte)(port >> 8), (byte)port, 0, 0, 0, 0, .. ip, 0, 0, 0, 0];
    }

    /// <summary>Address and port as text, of an address the kernel gave.</summary>
    public static (string Ip, int Port, bool Six) Read(ReadOnlySpan<byte> bytes)
    {
        var six = bytes[0] == Native.Inet6;
        var text = stackalloc byte[64];
        fixed (byte* p = bytes)
        {
            _ = Native.inet_ntop(bytes[0], p + (six ? 8 : 4), text, 64);
        }

        return (Marshal.PtrToStringUTF8((nint)text) ?? "", (bytes[2] << 8) | bytes[3], six);
    }
}
