using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Lxd.Linux.Seccomp;

/// <summary>A system call that waits for its answer, as liblxc's monitor forwards it: a header, the kernel's <c>seccomp_notif</c>, room for the answer and the cookie of the
/// container, with descriptors of the caller's directory in <c>/proc</c>, of its memory and of the listener.</summary>
public sealed unsafe class Notification : IDisposable
{
    private const int HeaderSize = 32;
    private const int NotifySize = 80;
    private const int AnswerSize = 24;
    private const int Size = HeaderSize + NotifySize + AnswerSize;
    private const int ContinueFlag = 1;
    private const int PageSize = 4096;
    private readonly byte[] _message;

    internal Notification(ReadOnlySpan<byte> message, SafeFileHandle process, SafeFileHandle memory, SafeFileHandle listener)
    {
        Process = process;
        Memory = memory;
        Listener = listener;
        if (message.Length < Size || Short(message, 16) != NotifySize || Short(message, 18) != AnswerSize)
        {
            throw new IOException("A message about a system call has a form this kernel should not have");
        }

        _message = message[..Size].ToArray();
        Cookie = Encoding.UTF8.GetString(message[Size..]);
        Init = BinaryPrimitives.ReadInt32LittleEndian(message[12..]);
        var notify = message[HeaderSize..];
        Id = BinaryPrimitives.ReadUInt64LittleEndian(notify);
        Pid = BinaryPrimitives.ReadInt32LittleEndian(notify[8..]);
        Number = BinaryPrimitives.ReadInt32LittleEndian(notify[16..]);
        Architecture = BinaryPrimitives.ReadUInt32LittleEndian(notify[20..]);
        for (var i = 0; i < 6; i++)
        {
            Arguments[i] = BinaryPrimitives.ReadUInt64LittleEndian(notify[(32 + 8 * i)..]);
        }
    }

    /// <summary>The container, in the words its configuration gave liblxc.</summary>
    public string Cookie { get; }

    /// <summary>The init of the container.</summary>
    public int Init { get; }

    public ulong Id { get; }

    /// <summary>The thread that made the call.</summary>
    public int Pid { get; }

    public int Number { get; }

    /// <summary>AUDIT_ARCH_*: numbers and structures are another's in a 32-bit program.</summary>
    public uint Architecture { get; }

    public ulong[] Arguments { get; } = new ulong[6];

    public SafeFileHandle Process { get; }

    public SafeFileHandle Memory { get; }

    public SafeFileHandle Listener { get; }

    /// <summary>Whether the caller still waits. What was opened by its process id before is the caller's only if it does afterwards.</summary>
    public bool IsValid
    {
        get
        {
            var id = Id;
            return SeccompCalls.ioctl(Fd(Listener), SeccompCalls.IdValid, &id) == 0;
        }
    }

    /// <summary>Bytes of the caller's memory; null where it has none there.</summary>
    public byte[]? Read(ulong address, int length)
    {
        var bytes = new byte[length];
        fixed (byte* p = bytes)
        {
            return address <= long.MaxValue && SeccompCalls.pread(Fd(Memory), p, length, (long)address) == length ? bytes : null;
        }
    }

    /// <summary>A text that ends with a zero byte; null where there is none, or it is not UTF-8, or longer than <paramref name="most"/> bytes.</summary>
    public string? ReadText(ulong address, int most)
    {
        var bytes = new List<byte>();
        while (address != 0 && bytes.Count < most)
        {
            // Up to the end of the page: the next one may not be there.
            if (Read(address, PageSize - (int)(address % PageSize)) is not { } part)
            {
                return null;
            }

            var end = Array.IndexOf(part, (byte)0);
            bytes.AddRange(end < 0 ? part : part[..end]);
            if (end >= 0)
            {
                return bytes.Count < most && Strict(bytes) is { } text ? text : null;
            }

            address += (ulong)part.Length;
        }

        return null;
    }

    public bool Write(ulong address, ReadOnlySpan<byte> bytes)
    {
        fixed (byte* p = bytes)
        {
            return address <= long.MaxValue && SeccompCalls.pwrite(Fd(Memory), p, bytes.Length, (long)address) == bytes.Length;
        }
    }

    /// <summary>Opens something of the caller's directory in /proc: <c>ns/user</c>, <c>root</c>, <c>cwd</c>. Null where it is gone.</summary>
    public SafeFileHandle? Open(string name, int flags)
    {
        const int closeOnExec = 0x80000;
        var fd = SeccompCalls.openat(Fd(Process), name, flags | closeOnExec, 0);
        return fd >= 0 ? new SafeFileHandle(fd, true) : null;
    }

    /// <summary>The caller's copy of a descriptor; null where it has none of that number.</summary>
    public SafeFileHandle? TakeDescriptor(int number)
    {
        var process = (int)SeccompCalls.syscall(SeccompCalls.PidfdOpenNumber, ThreadGroup(), 0, 0, 0);
        if (process < 0)
        {
            return null;
        }

        using var handle = new SafeFileHandle(process, true);
        var fd = IsValid ? (int)SeccompCalls.syscall(SeccompCalls.PidfdGetFdNumber, process, number, 0, 0) : -1;
        return fd >= 0 ? new SafeFileHandle(fd, true) : null;
    }

    /// <summary>Gives the caller a descriptor and returns its number there, or -1.</summary>
    public int GiveDescriptor(SafeFileHandle ours)
    {
        const uint closeOnExec = 0x80000;
        var request = stackalloc byte[24];
        *(ulong*)request = Id;
        *(uint*)(request + 8) = 0;
        *(uint*)(request + 12) = (uint)Fd(ours);
        *(uint*)(request + 16) = 0;
        *(uint*)(request + 20) = closeOnExec;
        return SeccompCalls.ioctl(Fd(Listener), SeccompCalls.AddFd, request);
    }

    /// <summary>The message that answers it.</summary>
    internal byte[] Answered(Answer answer)
    {
        var response = _message.AsSpan(HeaderSize + NotifySize);
        BinaryPrimitives.WriteUInt64LittleEndian(response, Id);
        BinaryPrimitives.WriteInt64LittleEndian(response[8..], answer.Value);
        BinaryPrimitives.WriteInt32LittleEndian(response[16..], -answer.Errno);
        BinaryPrimitives.WriteInt32LittleEndian(response[20..], answer.Continue ? ContinueFlag : 0);
        return _message;
    }

    public void Dispose()
    {
        Process.Dispose();
        Memory.Dispose();
        Listener.Dispose();
    }

    private static int Short(ReadOnlySpan<byte> message, int at) => BinaryPrimitives.ReadUInt16LittleEndian(message[at..]);

    private static int Fd(SafeFileHandle handle) => (int)handle.DangerousGetHandle();

    private static string? Strict(List<byte> bytes)
    {
        try
        {
            return new UTF8Encoding(false, true).GetString([.. bytes]);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }

    /// <summary>The process of the calling thread.</summary>
    private int ThreadGroup()
    {
        try
        {
            var line = File.ReadLines($"/proc/{Pid}/status").FirstOrDefault(l => l.StartsWith("Tgid:", StringComparison.Ordinal));
            return line is not null ? int.Parse(line[5..].Trim(), CultureInfo.InvariantCulture) : Pid;
        }
        catch (IOException)
        {
            return Pid;
        }
    }
}
