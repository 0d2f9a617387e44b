using System.Globalization;
using Lxd.Linux.Cgroups;
using Lxd.Linux.Seccomp;

namespace Lxd.Runtime.Interception;

/// <summary><c>mount</c> of a file system the configuration names: by the host's kernel, or by a program inside that serves it.</summary>
internal static class MountCall
{
    private const int PathOnly = 0x200000;
    private const int OnlyDirectory = 0x10000;
    private const int LongestPath = 4096;
    private const ulong MagicMask = 0xffff0000;
    private const ulong Magic = 0xC0ED0000;
    private const ulong ReadOnly = 1;

    /// <summary>Remounts, binds, moves and changes of propagation are no new file systems: the kernel lets a container do what it may.</summary>
    private const ulong Other = 0x20 | 0x1000 | 0x2000 | 0x20000 | 0x40000 | 0x80000 | 0x100000;

    public static async Task<Answer> AnswerAsync(Notification call, Caller caller, InterceptSettings allowed, CancellationToken ct)
    {
        var flags = call.Arguments[3];
        flags = (flags & MagicMask) == Magic ? flags & ~MagicMask : flags;
        if ((flags & Other) != 0 || !caller.IsAdmin || call.ReadText(call.Arguments[2], 256) is not { Length: > 0 } type
            || call.ReadText(call.Arguments[0], LongestPath) is not { } source || call.ReadText(call.Arguments[1], LongestPath) is not { Length: > 0 } target)
        {
            return Answer.Kernel;
        }

        var options = call.Arguments[4] == 0 ? "" : call.ReadText(call.Arguments[4], LongestPath);
        if (options is null)
        {
            return Answer.Kernel;
        }

        if (allowed.MountFuse.TryGetValue(type, out var program))
        {
            return await FuseAsync(call, caller, [program, source, target, "-o", string.Join(',', ((string[])[(flags & ReadOnly) != 0 ? "ro" : "rw", options]).Where(o => o.Length > 0))], ct).ConfigureAwait(false);
        }

        if (!allowed.MountAllowed.Contains(type))
        {
            return Answer.Kernel;
        }

        options = type == "hugetlbfs" ? HugePages(options, caller) : options;
        using var root = call.Open("root", PathOnly | OnlyDirectory);
        using var from = call.Open("cwd", PathOnly | OnlyDirectory);
        using var mounts = call.Open("ns/mnt", 0);
        using var users = call.Open("ns/user", 0);
        return await CallHelper.RunAsync(call, [root, from, mounts, users],
            ["mount", type, source, target, flags.ToString(CultureInfo.InvariantCulture), options, allowed.MountShift ? "shift" : "", .. CallHelper.Arguments(caller)], ct).ConfigureAwait(false);
    }

    /// <summary>Huge pages belong to the container's root: the host's kernel, which mounts them, would give them to its own.</summary>
    internal static string HugePages(string options, Caller caller)
    {
        var others = options.Split(',', StringSplitOptions.RemoveEmptyEntries).Where(o => o.Split('=')[0] is not ("uid" or "gid"));
        return string.Join(',', [.. others, .. Owner("uid", caller.UidMap), .. Owner("gid", caller.GidMap)]);
    }

    private static IEnumerable<string> Owner(string option, string map) => Caller.Outside(map, 0) is >= 0 and var id ? [string.Create(CultureInfo.InvariantCulture, $"{option}={id}")] : [];

    /// <summary>Runs the program as the caller, where the caller is: its namespaces, its root and working directory, and the container's cgroup.</summary>
    private static async Task<Answer> FuseAsync(Notification call, Caller caller, string[] command, CancellationToken ct)
    {
        using var root = call.Open("root", PathOnly | OnlyDirectory);
        using var from = call.Open("cwd", PathOnly | OnlyDirectory);
        using var users = call.Open("ns/user", 0);
        using var mounts = call.Open("ns/mnt", 0);
        using var processes = call.Open("ns/pid", 0);
        using var network = call.Open("ns/net", 0);
        using var messages = call.Open("ns/ipc", 0);
        using var names = call.Open("ns/uts", 0);
        var ids = (Uid: Caller.Inside(caller.UidMap, caller.Uid), Gid: Caller.Inside(caller.GidMap, caller.Gid));
        if (ids.Uid < 0 || ids.Gid < 0)
        {
            return Answer.Kernel;
        }

        var cgroups = string.Join(':', Cgroup.OfInit(call.Init).Directories);
        return await CallHelper.RunAsync(call, [root, from, users, mounts, processes, network, messages, names],
            ["inside", cgroups, ids.Uid.ToString(CultureInfo.InvariantCulture), ids.Gid.ToString(CultureInfo.InvariantCulture), .. command], ct).ConfigureAwait(false);
    }
}
