using System.Globalization;
using Lxd.Daemon.Instances;
using Lxd.Linux.Namespaces;

namespace Lxd.Daemon.DevLxd;

/// <summary>Whose instance a process belongs to: by the namespace of processes it, or one of those it comes from, is in.</summary>
internal sealed class PeerInstances(InstanceServices with)
{
    private const int Deepest = 128;

    /// <summary>Null for a process of the host, or one that is gone.</summary>
    public async Task<InstanceRecord?> FindAsync(int pid, CancellationToken ct)
    {
        var running = new Dictionary<string, InstanceRecord>();
        foreach (var instance in await with.Store.ListAsync(new InstanceFilter(), ct).ConfigureAwait(false))
        {
            if (with.Driver.Pid(with.RefOf(instance)) is > 0 and var init && Space(init) is { } space)
            {
                running[space] = instance;
            }
        }

        for (var i = 0; i < Deepest && pid > 1; i++)
        {
            if (Space(pid) is { } space && running.TryGetValue(space, out var instance))
            {
                return instance;
            }

            pid = Parent(pid);
        }

        return null;
    }

    private static string? Space(int pid) => ProcessNamespaces.Of(pid, "pid");

    private static int Parent(int pid)
    {
        try
        {
            var line = File.ReadLines($"/proc/{pid}/status").FirstOrDefault(l => l.StartsWith("PPid:", StringComparison.Ordinal));
            return line is not null && int.TryParse(line[5..].Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var parent) ? parent : 0;
        }
        catch (IOException)
        {
            return 0;
        }
    }
}
