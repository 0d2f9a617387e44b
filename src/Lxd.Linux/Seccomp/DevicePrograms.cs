using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Lxd.Linux.Seccomp;

/// <summary>BPF programs that decide about devices: loaded, attached to a cgroup and detached.</summary>
public static unsafe class DevicePrograms
{
    /// <summary>The type of such programs and the place they are attached to.</summary>
    public const int ProgramType = 15;

    public const int AttachType = 6;
    public const int LoadCommand = 5;
    public const int AttachCommand = 8;
    public const int DetachCommand = 9;
    private const int AttributeSize = 128;
    private static readonly int Number = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? SeccompCalls.BpfNumberArm : SeccompCalls.BpfNumber;

    /// <summary>Loads a program; an error number where the kernel refuses.</summary>
    public static (SafeFileHandle? Program, int Errno) Load(byte[] instructions, string license)
    {
        var attributes = stackalloc byte[AttributeSize];
        new Span<byte>(attributes, AttributeSize).Clear();
        fixed (byte* code = instructions, words = Encoding.UTF8.GetBytes(license + "\0"))
        {
            *(int*)attributes = ProgramType;
            *(int*)(attributes + 4) = instructions.Length / 8;
            *(ulong*)(attributes + 8) = (ulong)code;
            *(ulong*)(attributes + 16) = (ulong)words;
            var fd = (int)SeccompCalls.syscall(Number, LoadCommand, (long)attributes, AttributeSize, 0);
            return fd >= 0 ? (new SafeFileHandle(fd, true), 0) : (null, Marshal.GetLastPInvokeError());
        }
    }

    /// <summary>Attaches or detaches; the error number, 0 where it worked.</summary>
    public static int Change(int command, SafeFileHandle cgroup, SafeFileHandle program, uint flags)
    {
        Span<byte> attributes = stackalloc byte[AttributeSize];
        attributes.Clear();
        BinaryPrimitives.WriteInt32LittleEndian(attributes, (int)cgroup.DangerousGetHandle());
        BinaryPrimitives.WriteInt32LittleEndian(attributes[4..], (int)program.DangerousGetHandle());
        BinaryPrimitives.WriteInt32LittleEndian(attributes[8..], AttachType);
        BinaryPrimitives.WriteUInt32LittleEndian(attributes[12..], flags);
        fixed (byte* p = attributes)
        {
            return SeccompCalls.syscall(Number, command, (long)p, AttributeSize, 0) < 0 ? Marshal.GetLastPInvokeError() : 0;
        }
    }
}
