using System.Runtime.InteropServices;
using System.Text;

namespace Lxd.Runtime.Lxc;

/// <summary>The system calls of 32-bit programs on a 64-bit machine, a second and less used entrance to the same kernel. liblxc takes a name for all architectures, so these are the
/// calls that only such programs have; without <c>mmap2</c> and the others hardly any starts.</summary>
internal static class CompatSyscalls
{
    private const string Names = """
        waitpid break oldstat umount stime oldfstat stty gtty nice ftime prof signal lock mpx ulimit oldolduname sigaction sgetmask ssetmask sigsuspend sigpending oldlstat readdir profil socketcall
        olduname idle vm86old ipc sigreturn sigprocmask bdflush _llseek _newselect vm86 ugetrlimit mmap2 truncate64 ftruncate64 stat64 lstat64 fstat64 lchown32 getuid32 getgid32 geteuid32 getegid32
        setreuid32 setregid32 getgroups32 setgroups32 fchown32 setresuid32 getresuid32 setresgid32 getresgid32 chown32 setuid32 setgid32 setfsuid32 setfsgid32 fcntl64 sendfile64 statfs64 fstatfs64
        fadvise64_64 fstatat64 clock_gettime64 clock_settime64 clock_adjtime64 clock_getres_time64 clock_nanosleep_time64 timer_gettime64 timer_settime64 timerfd_gettime64 timerfd_settime64
        utimensat_time64 pselect6_time64 ppoll_time64 io_pgetevents_time64 recvmmsg_time64 mq_timedsend_time64 mq_timedreceive_time64 semtimedop_time64 rt_sigtimedwait_time64 futex_time64
        sched_rr_get_interval_time64
        """;

    /// <summary>Adds what makes them fail; other machines have no such entrance.</summary>
    public static void Deny(StringBuilder text)
    {
        if (RuntimeInformation.ProcessArchitecture != Architecture.X64)
        {
            return;
        }

        foreach (var name in Names.Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries))
        {
            text.Append(name).Append(" errno 38\n");
        }
    }
}
