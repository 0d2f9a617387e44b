using System.Runtime.InteropServices;

namespace Lxd.Linux.Disks;

/// <summary>A failed system call: what was tried, on what, and the kernel's answer.</summary>
public sealed class LinuxError(string what, string path, int errno) : IOException($"Failed to {what} \"{path}\": {Marshal.GetPInvokeErrorMessage(errno)}")
{
    public const int Perm = 1;
    public const int NoEntry = 2;
    public const int IO = 5;
    public const int NoDevice = 6;
    public const int TooBig = 7;
    public const int Access = 13;
    public const int Busy = 16;
    public const int Exists = 17;
    public const int CrossDevice = 18;
    public const int NotDirectory = 20;
    public const int IsDirectory = 21;
    public const int Invalid = 22;
    public const int NoTty = 25;
    public const int FileTooBig = 27;
    public const int NoSpace = 28;
    public const int TooManyLinks = 31;
    public const int Range = 34;
    public const int NameTooLong = 36;
    public const int NotEmpty = 39;
    public const int Loop = 40;
    public const int NoData = 61;
    public const int NotSupported = 95;

    public int Errno { get; } = errno;

    internal static LinuxError Last(string what, string path) => new(what, RawName.ToText(path), Marshal.GetLastPInvokeError());

    internal static int LastErrno => Marshal.GetLastPInvokeError();
}
