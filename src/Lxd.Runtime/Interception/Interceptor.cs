using Lxd.Linux.Seccomp;

namespace Lxd.Runtime.Interception;

/// <summary>Answers the system calls of containers that ask the host for them. Texts and numbers are read from the caller's memory once and decided on by that copy; whatever
/// is not to be done here goes on to the kernel, which refuses it as it always did.</summary>
/// <param name="settings">What the container of a cookie may have done for it, as its configuration says now.</param>
public sealed class Interceptor(Func<string, CancellationToken, Task<InterceptSettings?>> settings)
{
    public async Task<Answer> AnswerAsync(Notification call, CancellationToken ct)
    {
        var name = call.Architecture == SyscallNumbers.AuditArchitecture ? SyscallNumbers.Name(call.Number) : "";
        if (name.Length == 0 || await settings(call.Cookie, ct).ConfigureAwait(false) is not { } allowed)
        {
            return Answer.Kernel;
        }

        if (name == "sysinfo")
        {
            return allowed.Sysinfo ? SysinfoCall.Answer(call) : Answer.Kernel;
        }

        if (Caller.Of(call) is not { } caller)
        {
            return Answer.Kernel;
        }

        return name switch
        {
            "mknod" or "mknodat" when allowed.Mknod => await FileCalls.MknodAsync(call, caller, name == "mknodat", ct).ConfigureAwait(false),
            "setxattr" when allowed.Setxattr => await FileCalls.SetxattrAsync(call, caller, ct).ConfigureAwait(false),
            "mount" when allowed.Mount => await MountCall.AnswerAsync(call, caller, allowed, ct).ConfigureAwait(false),
            "sched_setscheduler" when allowed.Scheduler => SchedulingCall.Answer(call, caller),
            "bpf" when allowed.Bpf && allowed.BpfDevices => BpfCall.Answer(call, caller),
            _ => Answer.Kernel,
        };
    }
}
