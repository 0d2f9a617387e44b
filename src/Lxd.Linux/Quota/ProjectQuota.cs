using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Lxd.Linux.Disks;
using Lxd.Linux.Mounts;
using Microsoft.Win32.SafeHandles;

namespace Lxd.Linux.Quota;

/// <summary>Project quotas of ext4 and xfs: a number on a directory that everything made below inherits, with a limit of space for that number.</summary>
public static unsafe partial class ProjectQuota
{
    private const nuint GetAttributes = 0x801c581f;
    private const nuint SetAttributes = 0x401c5820;
    private const uint InheritProject = 0x200;
    private const int ProjectType = 2;
    private const int GetQuota = 0x800007;
    private const int SetQuota = 0x800008;
    private const int AttributesLength = 28;
    private const int QuotaLength = 72;
    private const uint HasLimits = 1;
    private const int QuotaBlock = 1024;

    /// <summary>Whether the file system under a path counts by project.</summary>
    public static bool IsSupported(string path)
    {
        if (HostMounts.Describe(path).Magic is not (MountedFileSystem.Ext4 or MountedFileSystem.Xfs))
        {
            return false;
        }

        using var dir = At.OpenDirectory(path);
        var quota = new byte[QuotaLength];
        fixed (byte* start = quota)
        {
            return QuotactlFd(QuotactlFdNumber, At.Fd(dir), Command(GetQuota), 0, start) == 0;
        }
    }

    /// <summary>The number on a directory, 0 where it has none.</summary>
    public static uint ProjectOf(string path)
    {
        using var dir = At.OpenDirectory(path);
        return BinaryPrimitives.ReadUInt32LittleEndian(Attributes(dir).AsSpan(12));
    }

    /// <summary>Puts the number on a directory and everything below it.</summary>
    public static void SetProject(string path, uint project, CancellationToken ct)
    {
        using var dir = At.OpenDirectory(path);
        SetProject(dir, project, ct);
    }

    /// <summary>Limits the space of a number; 0 lifts the limit.</summary>
    public static void SetLimit(string path, uint project, long bytes)
    {
        using var dir = At.OpenDirectory(path);
        var quota = new byte[QuotaLength];
        var blocks = (ulong)((bytes + QuotaBlock - 1) / QuotaBlock);
        BinaryPrimitives.WriteUInt64LittleEndian(quota, blocks);
        BinaryPrimitives.WriteUInt32LittleEndian(quota.AsSpan(64), HasLimits);
        Call(dir, SetQuota, project, quota, "set quota of");
    }

    /// <summary>Space used by a number and its limit, in bytes.</summary>
    public static (long Used, long Limit) Usage(string path, uint project)
    {
        using var dir = At.OpenDirectory(path);
        var quota = new byte[QuotaLength];
        Call(dir, GetQuota, project, quota, "read quota of");
        return ((long)BinaryPrimitives.ReadUInt64LittleEndian(quota.AsSpan(16)), (long)BinaryPrimitives.ReadUInt64LittleEndian(quota) * QuotaBlock);
    }

    private const nint QuotactlFdNumber = 443;

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial nint QuotactlFd(nint number, nint fd, nint command, nint id, byte* data);

    private static nint Command(int command) => (nint)(uint)((command << 8) | ProjectType);

    private static void Call(SafeFileHandle dir, int command, uint project, byte[] quota, string what)
    {
        fixed (byte* start = quota)
        {
            At.Check((int)QuotactlFd(QuotactlFdNumber, At.Fd(dir), Command(command), (nint)project, start), what, "project");
        }
    }

    private static byte[] Attributes(SafeFileHandle file)
    {
        var attributes = new byte[AttributesLength];
        fixed (byte* start = attributes)
        {
            At.Check(FileCalls.Ioctl(At.Fd(file), GetAttributes, (nint)start), "read attributes of", "file");
        }

        return attributes;
    }

    private static void SetProject(SafeFileHandle dir, uint project, CancellationToken ct)
    {
        Mark(dir, project, inherit: true);
        foreach (var name in At.List(dir))
        {
            ct.ThrowIfCancellationRequested();
            switch (At.TryStat(dir, name))
            {
                case { IsDirectory: true }:
                    using (var inner = At.OpenDirectory(dir, name))
                    {
                        SetProject(inner, project, ct);
                    }

                    break;
                case { IsRegular: true }:
                    using (var file = At.Open(dir, name, FileCalls.OReadOnly | FileCalls.ONonBlock))
                    {
                        Mark(file, project, inherit: false);
                    }

                    break;
            }
        }
    }

    private static void Mark(SafeFileHandle file, uint project, bool inherit)
    {
        var attributes = Attributes(file);
        BinaryPrimitives.WriteUInt32LittleEndian(attributes.AsSpan(12), project);
        if (inherit)
        {
            var flags = BinaryPrimitives.ReadUInt32LittleEndian(attributes);
            BinaryPrimitives.WriteUInt32LittleEndian(attributes, flags | InheritProject);
        }

        fixed (byte* start = attributes)
        {
            At.Check(FileCalls.Ioctl(At.Fd(file), SetAttributes, (nint)start), "set attributes of", "file");
        }
    }
}
