using System.Runtime.InteropServices;
using Lxd.Monitor.Syscalls;

namespace Lxd.Monitor.Confinement;

/// <summary>The system calls that lead out of a <see cref="Jail"/> are refused to this thread and to what it becomes: root with capabilities could mount what it does not see, and without any
/// could still make namespaces where it has them all. No tool that runs there needs one of them.</summary>
internal static unsafe partial class CallFilter
{
    private const ushort Load = 0x20;
    private const ushort And = 0x54;
    private const ushort IfEqual = 0x15;
    private const ushort IfAtLeast = 0x35;
    private const ushort Return = 0x06;
    private const uint Allow = 0x7fff0000;
    private const uint NotPermitted = 0x00050000 | 1;

    /// <summary>The C library then uses the older call, whose flags can be seen here.</summary>
    private const uint NoSuchCall = 0x00050000 | 38;

    private const uint Number = 0;
    private const uint Architecture = 4;
    private const uint FirstArgument = 16;
    private const uint Clone3 = 435;
    private const uint NewNamespaces = 0x7e020000;

    /// <summary>Calls of another kind of program on the same kernel.</summary>
    private const uint OtherNumbers = 0x40000000;

    private static readonly bool Arm = RuntimeInformation.ProcessArchitecture == System.Runtime.InteropServices.Architecture.Arm64;

    /// <summary>By their numbers on x86-64 and on ARM.</summary>
    private static readonly (uint Amd, uint Arm)[] Refused =
    [
        (41, 198), // socket
        (101, 117), // ptrace
        (155, 41), // pivot_root
        (161, 51), // chroot
        (165, 40), // mount
        (166, 39), // umount2
        (167, 224), // swapon
        (168, 225), // swapoff
        (170, 161), // sethostname
        (171, 162), // setdomainname
        (179, 60), // quotactl
        (248, 217), // add_key
        (249, 218), // request_key
        (250, 219), // keyctl
        (272, 97), // unshare
        (298, 241), // perf_event_open
        (300, 262), // fanotify_init
        (304, 265), // open_by_handle_at
        (308, 268), // setns
        (310, 270), // process_vm_readv
        (311, 271), // process_vm_writev
        (321, 280), // bpf
        (323, 282), // userfaultfd
        (425, 425), // io_uring_setup
        (428, 428), // open_tree
        (429, 429), // move_mount
        (430, 430), // fsopen
        (431, 431), // fsconfig
        (432, 432), // fsmount
        (433, 433), // fspick
        (438, 438), // pidfd_getfd
        (442, 442), // mount_setattr
        (443, 443), // quotactl_fd
        (467, 467), // open_tree_attr
    ];

    public static void Apply()
    {
        List<Instruction> code =
        [
            new(Load, 0, 0, Architecture), new(IfEqual, 1, 0, Arm ? 0xc00000b7 : 0xc000003e), new(Return, 0, 0, NotPermitted),
            new(Load, 0, 0, Number), new(IfAtLeast, 0, 1, OtherNumbers), new(Return, 0, 0, NotPermitted),
            new(IfEqual, 0, 1, Clone3), new(Return, 0, 0, NoSuchCall),
            .. Refused.SelectMany(r => (Instruction[])[new(IfEqual, 0, 1, Arm ? r.Arm : r.Amd), new(Return, 0, 0, NotPermitted)]),
            new(IfEqual, 0, 4, Arm ? 220u : 56u), // clone
            new(Load, 0, 0, FirstArgument), new(And, 0, 0, NewNamespaces), new(IfEqual, 1, 0, 0), new(Return, 0, 0, NotPermitted),
            new(Return, 0, 0, Allow),
        ];
        fixed (Instruction* first = code.ToArray())
        {
            var program = new Program { Length = (ushort)code.Count, First = first };
            const int setFilter = 1;
            ConfineVerb.Need(Calls.syscall(Arm ? 277 : 317, setFilter, 0, (long)&program, 0, 0, 0), "filter system calls");
        }
    }

    /// <summary><c>struct sock_filter</c>; the jumps count instructions.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private readonly record struct Instruction(ushort Code, byte IfTrue, byte IfFalse, uint Value);

    [StructLayout(LayoutKind.Sequential)]
    private struct Program
    {
        public ushort Length;
        public Instruction* First;
    }
}
