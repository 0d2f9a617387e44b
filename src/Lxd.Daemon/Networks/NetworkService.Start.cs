using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Lxd.Core;
using Lxd.Daemon.Warnings;
using Lxd.Network.Bridges;
using Lxd.Network.Nics;

namespace Lxd.Daemon.Networks;

internal sealed partial class NetworkService
{
    private static readonly TimeSpan RepairDelay = TimeSpan.FromSeconds(1);
    private readonly ConcurrentDictionary<long, string> _unavailable = new();
    private readonly ServerWatch _watch = new();

    /// <summary>Whether all networks run.</summary>
    public bool IsReady => _unavailable.IsEmpty;

    /// <summary><c>Created</c>, or <c>Unavailable</c> for one that did not start.</summary>
    public string Status(NetworkRecord network) => _unavailable.ContainsKey(network.Id) ? "Unavailable" : "Created";

    /// <summary>Starts all networks; one that fails does not keep the others, and is tried again by <see cref="RetryAsync"/>. Those that run as they should are left alone.</summary>
    public async Task StartAllAsync(CancellationToken ct)
    {
        foreach (var network in await store.ListAsync(null, ct).ConfigureAwait(false))
        {
            await TryStartAsync(network, ct).ConfigureAwait(false);
        }

        await TellChangedAsync(ct).ConfigureAwait(false);
    }

    /// <summary>Tries those again that did not start.</summary>
    public async Task RetryAsync(CancellationToken ct)
    {
        if (_unavailable.IsEmpty)
        {
            return;
        }

        foreach (var network in (await store.ListAsync(null, ct).ConfigureAwait(false)).Where(n => _unavailable.ContainsKey(n.Id)))
        {
            await TryStartAsync(network, ct).ConfigureAwait(false);
        }

        await TellChangedAsync(ct).ConfigureAwait(false);
    }

    /// <summary>Takes all networks down, when the daemon goes for good.</summary>
    public async Task StopAllAsync(CancellationToken ct)
    {
        foreach (var network in await store.ListAsync(null, ct).ConfigureAwait(false))
        {
            await LockedAsync(() => StopAsync(network, ct), ct).ConfigureAwait(false);
        }
    }

    /// <summary>Nobody looks after the networks any more; they go on.</summary>
    public Task LetGoAsync(CancellationToken ct)
    {
        _watch.Dispose();
        return Task.CompletedTask;
    }

    /// <summary>The server of a network ended by itself, or was killed.</summary>
    private async Task RepairAsync(long id, CancellationToken ct)
    {
        try
        {
            await Task.Delay(RepairDelay, ct).ConfigureAwait(false);
            if ((await store.ListAsync(null, ct).ConfigureAwait(false)).Find(n => n.Id == id) is { } network)
            {
                with.Logger.ServerEnded(network.Name);
                await TryStartAsync(network, CancellationToken.None).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // Somebody stopped it, and is in charge.
        }
    }

    private async Task TryStartAsync(NetworkRecord network, CancellationToken ct)
    {
        try
        {
            await LockedAsync(() => StartAsync(network, null, ct), ct).ConfigureAwait(false);
            _unavailable.TryAdd(network.Id, "");
            await AvailableAsync(network, ct).ConfigureAwait(false);
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            // The same words again are no news.
            if (_unavailable.GetValueOrDefault(network.Id) != e.Message)
            {
                _unavailable[network.Id] = e.Message;
                with.Logger.StartFailed(network.Project, network.Name, e);
                await with.Warnings.RaiseAsync(WarningKind.NetworkUnavailable, WarningSubject.Network(network.Project, network.Id), e.Message, ct).ConfigureAwait(false);
            }
        }
    }

    /// <summary>A network runs, or is gone: nothing is wrong with it any more.</summary>
    private async Task AvailableAsync(NetworkRecord network, CancellationToken ct)
    {
        if (_unavailable.TryRemove(network.Id, out var why))
        {
            if (why.Length > 0)
            {
                with.Logger.Available(network.Project, network.Name);
            }

            await with.Warnings.ResolveAsync(WarningKind.NetworkUnavailable, WarningSubject.Network(network.Project, network.Id), ct).ConfigureAwait(false);
        }
    }

    private async Task StartAsync(NetworkRecord network, NetworkRecord? before, CancellationToken ct)
    {
        if (network.Type != "bridge")
        {
            await ParentLink.SetAsync(network, before, await store.ListAsync(null, ct).ConfigureAwait(false), ct).ConfigureAwait(false);
            return;
        }

        var spec = Spec(network);
        await using var undo = new Rollback(with.Logger.UndoFailed);
        HostFiles.Replace(spec, await HostsAsync(network, ct).ConfigureAwait(false));
        _watch.Forget(network.Name);
        await Bridge.StartAsync(spec, before is null ? null : Spec(before), ct).ConfigureAwait(false);
        if (before is null)
        {
            undo.Add(() => Bridge.StopAsync(spec, CancellationToken.None));
        }

        foreach (var step in AfterStart)
        {
            await step(network, ct).ConfigureAwait(false);
        }

        _watch.Watch(network.Name, Bridge.HasServer(spec), Bridge.ServerPid(spec), token => RepairAsync(network.Id, token));
        await WarnOfPrefixAsync(network, before, ct).ConfigureAwait(false);
        undo.Commit();
    }

    private async Task StopAsync(NetworkRecord network, CancellationToken ct)
    {
        if (network.Type == "bridge")
        {
            _watch.Forget(network.Name);
            await Bridge.StopAsync(Spec(network), ct).ConfigureAwait(false);
        }
        else
        {
            await ParentLink.ReleaseAsync(network).ConfigureAwait(false);
        }
    }

    private async Task WarnOfPrefixAsync(NetworkRecord network, NetworkRecord? before, CancellationToken ct)
    {
        var subject = WarningSubject.Network(network.Project, network.Id);
        if (IsLarge(network))
        {
            await with.Warnings.RaiseAsync(WarningKind.LargerIpv6Prefix, subject, "", ct).ConfigureAwait(false);
        }
        else if (before is not null && IsLarge(before))
        {
            await with.Warnings.ResolveAsync(WarningKind.LargerIpv6Prefix, subject, ct).ConfigureAwait(false);
        }

        bool IsLarge(NetworkRecord n) => Spec(n).Ipv6 is { Prefix: > 64 };
    }

    private BridgeSpec Spec(NetworkRecord network) => Spec(network.Name, network.Config) with { Hwaddr = network.Config.GetValueOrDefault("bridge.hwaddr") ?? Hwaddr(network.Id) };

    private BridgeSpec Spec(string network, IReadOnlyDictionary<string, string> config) => Spec(network, Path.Combine(with.Paths.Networks, network), config) with { LogFile = LogFile(network) };

    private static BridgeSpec Spec(string network, string directory, IReadOnlyDictionary<string, string> config) => new(network, directory, config);

    private string LogFile(string network) => Path.Combine(with.Paths.Logs, $"dnsmasq.{network}.log");

    /// <summary>The same address for a network whenever it is made, another one on another host.</summary>
    private string Hwaddr(long id)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{with.Config.Get("volatile.uuid")}/{id}"));
        return $"00:16:3e:{hash[0]:x2}:{hash[1]:x2}:{hash[2]:x2}";
    }

    private void RemoveFiles(NetworkRecord network)
    {
        var spec = Spec(network);
        File.Delete(spec.LogFile);
        if (Directory.Exists(spec.Directory))
        {
            Directory.Delete(spec.Directory, true);
        }
    }

    /// <summary>Leases go with the name; what the old server logged does not.</summary>
    private void MoveFiles(NetworkRecord from, NetworkRecord to)
    {
        File.Delete(LogFile(from.Name));
        if (Directory.Exists(Spec(from).Directory))
        {
            Directory.Move(Spec(from).Directory, Spec(to).Directory);
        }
    }
}
