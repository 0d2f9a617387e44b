using System.Buffers.Binary;
using Lxd.Linux.Cgroups;
using Lxd.Linux.Files;
using Lxd.Linux.Seccomp;
using Microsoft.Win32.SafeHandles;

namespace Lxd.Runtime.Interception;

/// <summary><c>bpf</c> for programs that decide about devices, in cgroups below the container's own: what they allow, the container's cgroup may still refuse.</summary>
internal static class BpfCall
{
    private const int BadDescriptor = 9;
    private const int TooBig = 7;
    private const int Fault = 14;
    private const int TooManyFiles = 24;
    private const int AttributesRead = 24;
    private const int MostInstructions = 4096;
    private const int InstructionSize = 8;

    public static Answer Answer(Notification call, Caller caller)
    {
        if (!caller.IsAdmin || call.Read(call.Arguments[1], AttributesRead) is not { } attributes)
        {
            return Linux.Seccomp.Answer.Kernel;
        }

        return (int)call.Arguments[0] switch
        {
            DevicePrograms.LoadCommand when Word(attributes, 0) == DevicePrograms.ProgramType => Load(call, attributes),
            (DevicePrograms.AttachCommand or DevicePrograms.DetachCommand) and var command when Word(attributes, 8) == DevicePrograms.AttachType => Change(call, command, attributes),
            _ => Linux.Seccomp.Answer.Kernel,
        };
    }

    private static Answer Load(Notification call, byte[] attributes)
    {
        var count = Word(attributes, 4);
        if (count is <= 0 or > MostInstructions)
        {
            return Linux.Seccomp.Answer.Error(TooBig);
        }

        if (call.Read(BinaryPrimitives.ReadUInt64LittleEndian(attributes.AsSpan(8)), count * InstructionSize) is not { } code
            || call.ReadText(BinaryPrimitives.ReadUInt64LittleEndian(attributes.AsSpan(16)), 128) is not { } license)
        {
            return Linux.Seccomp.Answer.Error(Fault);
        }

        var (program, errno) = DevicePrograms.Load(code, license);
        using (program)
        {
            if (program is null)
            {
                return Linux.Seccomp.Answer.Error(errno);
            }

            var given = call.GiveDescriptor(program);
            return given >= 0 ? Linux.Seccomp.Answer.Of(given) : Linux.Seccomp.Answer.Error(TooManyFiles);
        }
    }

    private static Answer Change(Notification call, int command, byte[] attributes)
    {
        using var cgroup = call.TakeDescriptor(Word(attributes, 0));
        using var program = call.TakeDescriptor(Word(attributes, 4));
        if (cgroup is null || program is null)
        {
            return Linux.Seccomp.Answer.Error(BadDescriptor);
        }

        if (!IsBelow(cgroup, Cgroup.OfInit(call.Init)))
        {
            return Linux.Seccomp.Answer.Kernel;
        }

        var errno = DevicePrograms.Change(command, cgroup, program, (uint)Word(attributes, 12));
        return errno == 0 ? Linux.Seccomp.Answer.Success : Linux.Seccomp.Answer.Error(errno);
    }

    /// <summary>Whether a directory is a cgroup below the container's. Its path tells nothing: it is one of the caller's view.</summary>
    private static bool IsBelow(SafeFileHandle directory, Cgroup container) =>
        container.Unified is { } own && InodeNumber.Of($"/proc/self/fd/{directory.DangerousGetHandle()}") is { } identity
        && Directory.EnumerateDirectories(own, "*", SearchOption.AllDirectories).Any(d => InodeNumber.Of(d) == identity);

    private static int Word(byte[] bytes, int at) => BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(at));
}
