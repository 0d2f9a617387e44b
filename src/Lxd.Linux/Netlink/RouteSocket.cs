using System.Runtime.InteropServices;
using Lxd.Linux.Namespaces;

namespace Lxd.Linux.Netlink;

/// <summary>A conversation with the kernel about links, addresses and routes of one network namespace. Every request is answered before the call returns;
/// most take some microseconds, taking a link away takes milliseconds. Not for two threads at once.</summary>
public sealed unsafe partial class RouteSocket : IDisposable
{
    private const int Family = 16;
    private const int RawCloseOnExec = 0x80003;
    private const int OptionLevel = 270;
    private const int ShortAnswers = 10;
    private const int Explanations = 11;
    private const ushort Request = 1;
    private const ushort Acknowledge = 4;
    private const ushort Dump = 0x300;
    private const ushort Replace = 0x100;
    private const ushort Exclusive = 0x200;
    private const ushort Create = 0x400;
    private const ushort Append = 0x800;
    private const ushort ErrorType = 2;
    private const ushort DoneType = 3;
    private const ushort ExplainedAnswer = 0x200;
    private readonly int _socket;
    private readonly byte[] _buffer = new byte[65536];
    private uint _sequence;

    /// <summary>Of the namespace of the calling thread.</summary>
    public RouteSocket()
    {
        _socket = socket(Family, RawCloseOnExec, 0);
        if (_socket < 0)
        {
            throw new IOException($"Failed opening a netlink socket: {Marshal.GetLastPInvokeErrorMessage()}");
        }

        var on = 1;
        _ = setsockopt(_socket, OptionLevel, ShortAnswers, &on, 4);
        _ = setsockopt(_socket, OptionLevel, Explanations, &on, 4);
    }

    /// <summary>Of the namespace of a process; it stays of that namespace when the process is gone.</summary>
    public static Task<RouteSocket> OfAsync(int pid) => NetworkNamespace.RunAsync(pid, () => new RouteSocket());

    public void Dispose() => _ = close(_socket);

    /// <summary>Sends and returns the answers: type and body of each. <paramref name="what"/> is told when the kernel refuses.</summary>
    private List<(ushort Type, byte[] Body)> Ask(NetlinkMessage message, string what)
    {
        Send(message, what);
        var answers = new List<(ushort, byte[])>();
        while (true)
        {
            var rest = Receive(what);
            while (rest.Length >= NetlinkMessage.HeaderLength)
            {
                var length = (int)MemoryMarshal.Read<uint>(rest);
                if (length < NetlinkMessage.HeaderLength || length > rest.Length)
                {
                    break;
                }

                var type = MemoryMarshal.Read<ushort>(rest[4..]);
                var flags = MemoryMarshal.Read<ushort>(rest[6..]);
                var mine = MemoryMarshal.Read<uint>(rest[8..]) == _sequence;
                var body = rest[NetlinkMessage.HeaderLength..length];
                rest = rest[Math.Min(rest.Length, NetlinkMessage.Aligned(length))..];
                if (!mine)
                {
                    continue;
                }

                if (type is ErrorType or DoneType)
                {
                    Judge(type, flags, body, what);
                    return answers;
                }

                answers.Add((type, body.ToArray()));
            }
        }
    }

    private void Send(NetlinkMessage message, string what)
    {
        var bytes = message.Finish(++_sequence);
        fixed (byte* p = bytes)
        {
            if (send(_socket, p, bytes.Length, 0) < 0)
            {
                throw new NetlinkException(what, Marshal.GetLastPInvokeError(), Marshal.GetLastPInvokeErrorMessage());
            }
        }
    }

    private ReadOnlySpan<byte> Receive(string what)
    {
        fixed (byte* p = _buffer)
        {
            var count = recv(_socket, p, _buffer.Length, 0);
            return count >= 0 ? _buffer.AsSpan(0, (int)count) : throw new NetlinkException(what, Marshal.GetLastPInvokeError(), Marshal.GetLastPInvokeErrorMessage());
        }
    }

    /// <summary>Throws where an answer says that the request failed, with the kernel's own words where it has some.</summary>
    private static void Judge(ushort type, ushort flags, ReadOnlySpan<byte> body, string what)
    {
        var error = body.Length >= 4 ? -MemoryMarshal.Read<int>(body) : 0;
        if (error == 0)
        {
            return;
        }

        // Short answers repeat the header of the request only.
        var words = type == ErrorType && (flags & ExplainedAnswer) != 0 && body.Length > 20 && NetlinkMessage.Attributes(body[20..]).TryGetValue(1, out var text)
            ? System.Text.Encoding.UTF8.GetString(text).TrimEnd('\0')
            : Marshal.GetPInvokeErrorMessage(error);
        throw new NetlinkException(what, error, words);
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int socket(int domain, int type, int protocol);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int setsockopt(int fd, int level, int option, void* value, uint length);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint send(int fd, byte* bytes, nint count, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint recv(int fd, byte* bytes, nint count, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int close(int fd);
}
