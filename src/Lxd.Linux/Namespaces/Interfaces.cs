using System.Globalization;
using System.Net;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Lxd.Linux.Namespaces;

/// <summary>The interfaces of a network namespace.</summary>
public static unsafe partial class Interfaces
{
    private const int Inet = 2;
    private const int Inet6 = 10;
    private const int Packet = 17;
    private const int DatagramCloseOnExec = 0x80002;
    private const nuint GetMtu = 0x8921;

    /// <summary>The interfaces a process sees, in their order.</summary>
    public static Task<List<InterfaceInfo>> ReadAsync(int pid) => NetworkNamespace.RunAsync(pid, () => Read($"/proc/{pid}/net/dev"));

    private static List<InterfaceInfo> Read(string counters)
    {
        if (getifaddrs(out var first) != 0)
        {
            throw new IOException($"getifaddrs failed: errno {Marshal.GetLastPInvokeError()}");
        }

        var found = new List<InterfaceInfo>();
        try
        {
            for (var entry = first; entry is not null; entry = entry->Next)
            {
                var name = Marshal.PtrToStringUTF8(entry->Name) ?? "";
                var info = found.Find(i => i.Name == name);
                if (info is null)
                {
                    found.Add(info = new InterfaceInfo(name) { Flags = entry->Flags });
                }

                Add(info, entry);
            }
        }
        finally
        {
            freeifaddrs(first);
        }

        ReadMtus(found);
        ReadCounters(found, counters);
        return found;
    }

    private static void Add(InterfaceInfo info, Entry* entry)
    {
        if (entry->Address is null)
        {
            return;
        }

        switch (*(ushort*)entry->Address)
        {
            case Inet:
                info.Addresses.Add((new IPAddress(new ReadOnlySpan<byte>(entry->Address + 4, 4)), Bits(entry->Mask, 4, 4)));
                break;
            case Inet6:
                info.Addresses.Add((new IPAddress(new ReadOnlySpan<byte>(entry->Address + 8, 16)), Bits(entry->Mask, 8, 16)));
                break;
            case Packet when entry->Address[11] == 6:
                var hardware = new ReadOnlySpan<byte>(entry->Address + 12, 6);
                info.Hwaddr = info.IsLoopback ? "" : string.Join(':', hardware.ToArray().Select(b => b.ToString("x2", CultureInfo.InvariantCulture)));
                break;
            default:
                break;
        }
    }

    private static int Bits(byte* mask, int offset, int length)
    {
        var bits = 0;
        for (var i = 0; mask is not null && i < length; i++)
        {
            bits += BitOperations.PopCount(mask[offset + i]);
        }

        return bits;
    }

    private static void ReadMtus(List<InterfaceInfo> found)
    {
        var socket = Interfaces.socket(Inet, DatagramCloseOnExec, 0);
        if (socket < 0)
        {
            return;
        }

        var request = stackalloc byte[40];
        foreach (var info in found)
        {
            new Span<byte>(request, 40).Clear();
            System.Text.Encoding.UTF8.GetBytes(info.Name.AsSpan(0, Math.Min(15, info.Name.Length)), new Span<byte>(request, 15));
            if (ioctl(socket, GetMtu, request) == 0)
            {
                info.Mtu = *(int*)(request + 16);
            }
        }

        _ = close(socket);
    }

    /// <summary>The kernel's table: 16 numbers a line, of which the first four of each half are told.</summary>
    private static void ReadCounters(List<InterfaceInfo> found, string file)
    {
        foreach (var line in File.ReadLines(file))
        {
            var colon = line.IndexOf(':');
            var info = colon < 0 ? null : found.Find(i => i.Name == line[..colon].Trim());
            var numbers = info is null ? [] : line[(colon + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (info is not null && numbers.Length >= 16)
            {
                info.Counters = [.. ((IEnumerable<int>)[0, 1, 2, 3, 8, 9, 10, 11]).Select(i => ulong.Parse(numbers[i], CultureInfo.InvariantCulture))];
            }
        }
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct Entry
    {
        public Entry* Next;
        public nint Name;
        public uint Flags;
        public byte* Address;
        public byte* Mask;
        public nint Other;
        public nint Data;
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int getifaddrs(out Entry* first);

    [LibraryImport("libc")]
    private static partial void freeifaddrs(Entry* first);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int socket(int domain, int type, int protocol);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int ioctl(int fd, nuint request, void* argument);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int close(int fd);
}
