using System.Globalization;
using Lxd.Linux.Seccomp;
using Lxd.Runtime.Interception;
using Lxd.Runtime.Lxc;
using Microsoft.Extensions.Logging;

namespace Lxd.Daemon.Instances;

/// <summary>The system calls that containers have the server make, by <c>security.syscalls.intercept.*</c>.</summary>
internal sealed class Interception(InstanceStore store, string directory, ILogger log) : IAsyncDisposable
{
    private const string Prefix = "security.syscalls.intercept.";
    private NotificationSocket? _socket;

    /// <summary>Null where nothing is intercepted.</summary>
    public static InterceptSettings? Of(InstanceRecord instance)
    {
        var settings = new InterceptSettings
        {
            Mknod = instance.IsTrue(Prefix + "mknod"),
            Setxattr = instance.IsTrue(Prefix + "setxattr"),
            Sysinfo = instance.IsTrue(Prefix + "sysinfo"),
            Scheduler = instance.IsTrue(Prefix + "sched_setscheduler"),
            Bpf = instance.IsTrue(Prefix + "bpf"),
            BpfDevices = instance.IsTrue(Prefix + "bpf.devices"),
            Mount = instance.IsTrue(Prefix + "mount"),
            MountAllowed = Words(instance.Get(Prefix + "mount.allowed")),
            MountFuse = Words(instance.Get(Prefix + "mount.fuse")).Select(w => w.Split('=', 2)).Where(p => p.Length == 2).GroupBy(p => p[0]).ToDictionary(g => g.Key, g => g.Last()[1]),
            MountShift = instance.IsTrue(Prefix + "mount.shift"),
        };
        return settings.Any && !instance.IsTrue("security.privileged") ? settings : null;
    }

    public static string Cookie(InstanceRecord instance) => instance.Id.ToString(CultureInfo.InvariantCulture);

    /// <summary>Opens the socket again that running containers know.</summary>
    public void Start() => _socket = new NotificationSocket(LxcDriver.SeccompSocket(directory), new Interceptor(SettingsAsync).AnswerAsync, log.InterceptionFailed);

    public async ValueTask DisposeAsync()
    {
        if (_socket is not null)
        {
            await _socket.DisposeAsync().ConfigureAwait(false);
        }
    }

    private async Task<InterceptSettings?> SettingsAsync(string cookie, CancellationToken ct) =>
        long.TryParse(cookie, NumberStyles.None, CultureInfo.InvariantCulture, out var id) && (await store.ListAsync(new InstanceFilter(Id: id), ct).ConfigureAwait(false)).FirstOrDefault() is { } instance ? Of(instance) : null;

    private static string[] Words(string text) => text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
