using System.Buffers.Binary;
using Lxd.Linux.Disks;
using Microsoft.Win32.SafeHandles;

namespace Lxd.Linux.Loop;

/// <summary>A file attached as block device. The device is open as long as this object lives and detaches itself when neither this nor a mount uses it.</summary>
public sealed unsafe class LoopDevice : IDisposable
{
    private const nuint GetFree = 0x4c82;
    private const nuint Configure = 0x4c0a;
    private const nuint SetCapacity = 0x4c07;
    private const int ConfigLength = 304;
    private const int FlagsOffset = 8 + 52;
    private const int NameOffset = 8 + 56;
    private const int NameLength = 63;
    private const uint AutoClear = 4;
    private const uint ReadOnlyFlag = 1;
    private const uint DirectIo = 16;
    private const int Attempts = 64;

    private readonly SafeFileHandle _handle;

    private LoopDevice(string path, SafeFileHandle handle)
    {
        Path = path;
        _handle = handle;
    }

    /// <summary>The device: <c>/dev/loop3</c>.</summary>
    public string Path { get; }

    /// <summary>Attaches a file, with direct I/O where its file system can.</summary>
    public static LoopDevice Attach(string file, bool readOnly = false)
    {
        using var backing = OpenFile(file, readOnly);
        using var control = OpenFile("/dev/loop-control", readOnly: false);
        for (var attempt = 0; ; attempt++)
        {
            var number = FileCalls.Ioctl(At.Fd(control), GetFree, 0);
            At.Check(number, "find a free loop device for", RawName.FromText(file));
            var path = $"/dev/loop{number}";
            var device = OpenFile(path, readOnly: false);
            if (TryConfigure(device, backing, file, readOnly, direct: true) || (LinuxError.LastErrno != LinuxError.Busy && TryConfigure(device, backing, file, readOnly, direct: false)))
            {
                return new LoopDevice(path, device);
            }

            var error = LinuxError.Last("attach a loop device to", RawName.FromText(file));
            device.Dispose();
            if (error.Errno != LinuxError.Busy || attempt == Attempts)
            {
                throw error;
            }
        }
    }

    /// <summary>Tells an attached device that its file has grown.</summary>
    public static void Grow(string device)
    {
        using var handle = OpenFile(device, readOnly: false);
        At.Check(FileCalls.Ioctl(At.Fd(handle), SetCapacity, 0), "grow", device);
    }

    public void Dispose() => _handle.Dispose();

    private static bool TryConfigure(SafeFileHandle device, SafeFileHandle backing, string file, bool readOnly, bool direct)
    {
        Span<byte> config = stackalloc byte[ConfigLength];
        config.Clear();
        BinaryPrimitives.WriteInt32LittleEndian(config, At.Fd(backing));
        BinaryPrimitives.WriteUInt32LittleEndian(config[FlagsOffset..], AutoClear | (readOnly ? ReadOnlyFlag : 0) | (direct ? DirectIo : 0));
        var name = RawName.ToBytes(RawName.FromText(file)).AsSpan()[..^1];
        name[..Math.Min(name.Length, NameLength)].CopyTo(config[NameOffset..]);
        fixed (byte* start = config)
        {
            return FileCalls.Ioctl(At.Fd(device), Configure, (nint)start) == 0;
        }
    }

    private static SafeFileHandle OpenFile(string path, bool readOnly)
    {
        var raw = RawName.FromText(path);
        var fd = FileCalls.OpenAt(FileCalls.AtFdCwd, RawName.ToBytes(raw), (readOnly ? FileCalls.OReadOnly : FileCalls.OReadWrite) | FileCalls.OCloseOnExec, 0);
        return fd < 0 ? throw LinuxError.Last("open", raw) : new SafeFileHandle(fd, ownsHandle: true);
    }
}
