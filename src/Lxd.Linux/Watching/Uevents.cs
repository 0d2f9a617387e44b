using System.Runtime.InteropServices;
using System.Text;
using Lxd.Linux.Spawn;

namespace Lxd.Linux.Watching;

/// <summary>What the kernel tells of devices: <c>ACTION</c>, <c>SUBSYSTEM</c>, <c>DEVNAME</c>, <c>PRODUCT</c> and so on by name.</summary>
public sealed partial class Uevents : IDisposable
{
    private const int Family = 16;
    private const int RawNonBlockingCloseOnExec = 0x80803;
    private const int Protocol = 15;
    private readonly Action<IReadOnlyDictionary<string, string>> _told;
    private int _socket;

    /// <param name="told">Called with the event, one after the other.</param>
    public unsafe Uevents(Action<IReadOnlyDictionary<string, string>> told)
    {
        _told = told;
        _socket = socket(Family, RawNonBlockingCloseOnExec, Protocol);
        var address = stackalloc byte[12];
        new Span<byte>(address, 12).Clear();
        *(ushort*)address = Family;
        *(uint*)(address + 8) = 1;
        if (_socket < 0 || bind(_socket, address, 12) < 0)
        {
            throw new IOException($"Failed listening for devices: {Marshal.GetLastPInvokeErrorMessage()}");
        }

        _ = RunAsync(_socket);
    }

    public void Dispose()
    {
        var fd = Interlocked.Exchange(ref _socket, -1);
        if (fd >= 0)
        {
            FdEvents.Wake(fd);
            _ = close(fd);
        }
    }

    /// <summary>An event as the kernel writes it: a head, then <c>NAME=VALUE</c>, all ending in NUL. Null for anything else.</summary>
    internal static IReadOnlyDictionary<string, string>? Parse(ReadOnlySpan<byte> message)
    {
        var parts = Encoding.UTF8.GetString(message).Split('\0', StringSplitOptions.RemoveEmptyEntries);
        return parts.Length < 2 || !parts[0].Contains('@') ? null : parts.Skip(1).Select(p => p.Split('=', 2)).Where(p => p.Length == 2).GroupBy(p => p[0]).ToDictionary(g => g.Key, g => g.Last()[1]);
    }

    private async Task RunAsync(int fd)
    {
        while (_socket == fd)
        {
            await FdEvents.WaitAsync(fd, Tmds.Linux.LibC.EPOLLIN).ConfigureAwait(false);
            while (_socket == fd && Read(fd) is { Length: > 0 } message)
            {
                if (Parse(message) is { } told)
                {
                    _told(told);
                }
            }
        }
    }

    private static unsafe byte[] Read(int fd)
    {
        var buffer = stackalloc byte[16384];
        var count = recv(fd, buffer, 16384, 0);
        return count > 0 ? new Span<byte>(buffer, (int)count).ToArray() : [];
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int socket(int domain, int type, int protocol);

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial int bind(int fd, byte* address, uint length);

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial nint recv(int fd, byte* buffer, nint count, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int close(int fd);
}
