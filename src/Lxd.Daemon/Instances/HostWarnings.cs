using Lxd.Daemon.Warnings;
using Lxd.Runtime.Lxc;

namespace Lxd.Daemon.Instances;

/// <summary>What the host lacks that instances would have used, told as warnings: each is raised at the start, or resolved where the host has it by now.</summary>
/// <param name="has">Whether the host has a controller of cgroups.</param>
internal sealed class HostWarnings(WarningService warnings, Func<string, bool> has)
{
    private static readonly (string Name, WarningKind Kind, string Words)[] Controllers =
    [
        ("blkio", WarningKind.MissingBlkio, "Couldn't find the CGroup blkio, disk I/O limits will be ignored"),
        ("cpu", WarningKind.MissingCpu, "Couldn't find the CGroup CPU controller, CPU time limits will be ignored"),
        ("cpuset", WarningKind.MissingCpuset, "Couldn't find the CGroup CPUset controller, CPU pinning will be ignored"),
        ("cpuacct", WarningKind.MissingCpuacct, "Couldn't find the CGroup CPUacct controller, CPU accounting will not be available"),
        ("devices", WarningKind.MissingDevices, "Couldn't find the CGroup devices controller, device access control won't work"),
        ("freezer", WarningKind.MissingFreezer, "Couldn't find the CGroup freezer controller, pausing containers won't work"),
        ("hugetlb", WarningKind.MissingHugetlb, "Couldn't find the CGroup hugetlb controller, hugepage limits will be ignored"),
        ("memory", WarningKind.MissingMemory, "Couldn't find the CGroup memory controller, memory limits will be ignored"),
        ("pids", WarningKind.MissingPids, "Couldn't find the CGroup pids controller, process limits will be ignored"),
    ];

    public async Task TellAsync(CancellationToken ct)
    {
        var known = (await warnings.ListAsync("", ct).ConfigureAwait(false)).Select(w => w.Type).ToHashSet();
        var apparmor = AppArmor.Usable ? "" : AppArmor.Enforced ? "\"apparmor_parser\" is missing: instances run unconfined" : "AppArmor support has been disabled because of lack of kernel support";
        foreach (var (kind, words) in Controllers.Select(c => (c.Kind, has(c.Name) ? "" : c.Words)).Append((WarningKind.AppArmorNotAvailable, apparmor)))
        {
            if (words.Length > 0)
            {
                await warnings.RaiseAsync(kind, WarningSubject.Server, words, ct).ConfigureAwait(false);
            }
            else if (known.Contains(kind.Words))
            {
                await warnings.ResolveAsync(kind, WarningSubject.Server, ct).ConfigureAwait(false);
            }
        }
    }
}
