using System.Globalization;
using Lxd.Core;
using Lxd.Linux.Spawn;
using Lxd.Runtime.Lxc;

namespace Lxd.Runtime;

/// <summary>One end of a proxy: where its sockets live and who it acts as there.</summary>
/// <param name="Pid">A process of the instance; 0 for the host.</param>
/// <param name="Uid">On the host.</param>
public sealed record ProxyEnd(int Pid, uint Uid, uint Gid);

/// <summary>What a forwarder does.</summary>
/// <param name="Listens">Addresses such as <c>tcp:127.0.0.1:80</c>; one connect address serves them all, or each has its own.</param>
public sealed record ProxySpec(IReadOnlyList<string> Listens, IReadOnlyList<string> Connects, ProxyEnd Listen, ProxyEnd Connect)
{
    /// <summary>Tell TCP servers their client's address first.</summary>
    public bool ProxyProtocol { get; init; }

    /// <summary>Owner (of the host) and mode of a listening socket in the file system.</summary>
    public (uint Uid, uint Gid) Owner { get; init; }

    public string Mode { get; init; } = "0644";
}

/// <summary>A forwarding process. It outlives the daemon and is found again by a file.</summary>
public static class ProxyProcess
{
    private const int SigKill = 9;

    /// <summary>Returns when it listens; a failure tells why and leaves nothing.</summary>
    public static async Task StartAsync(ProxySpec spec, string file, string log, CancellationToken ct)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        using var output = new Pipe();
        using var errors = File.OpenHandle(log, FileMode.Create, FileAccess.Write);
        using var nothing = File.OpenHandle("/dev/null");
        List<string> arguments = ["proxy", .. spec.Listens.Select(l => "listen=" + l), .. spec.Connects.Select(c => "connect=" + c), .. End("listen", spec.Listen), .. End("connect", spec.Connect), $"owner={spec.Owner.Uid}:{spec.Owner.Gid}", $"mode={spec.Mode}"];
        if (spec.ProxyProtocol)
        {
            arguments.Add("proxy-protocol=1");
        }

        var child = ChildProcess.Start(MonitorProgram.Path, arguments, MonitorProgram.Environment,
            [((int)nothing.DangerousGetHandle(), 0), ((int)output.Write.DangerousGetHandle(), 1), ((int)errors.DangerousGetHandle(), 2)], session: true);
        output.Write.Dispose();
        await using var stream = new PollStream(output.Read);
        using var reader = new StreamReader(stream);
        var answer = await reader.ReadLineAsync(ct).ConfigureAwait(false);
        if (answer != "ready" || Processes.Stat(child.Pid) is not { } stat)
        {
            child.Signal(SigKill);
            throw ApiException.Internal($"Failed to start the proxy: {answer ?? "it ended at once"}");
        }

        await File.WriteAllTextAsync(file, string.Create(CultureInfo.InvariantCulture, $"{child.Pid} {stat.Started}\n"), CancellationToken.None).ConfigureAwait(false);
    }

    /// <summary>Ends it and returns when its sockets are free; a repeat does nothing.</summary>
    public static async Task StopAsync(string file)
    {
        if (!File.Exists(file))
        {
            return;
        }

        var parts = (await File.ReadAllTextAsync(file).ConfigureAwait(false)).Split(' ', '\n');
        if (parts.Length >= 2 && int.TryParse(parts[0], out var pid) && long.TryParse(parts[1], out var started) && Processes.Stat(pid) is { } now && now.Started == started)
        {
            Signals.Send(pid, SigKill);
            await Pidfd.WaitExitAsync(pid).ConfigureAwait(false);
        }

        File.Delete(file);
    }

    private static string[] End(string name, ProxyEnd end) =>
        [.. ((IEnumerable<(string, long)>)[("pid", end.Pid), ("uid", end.Uid), ("gid", end.Gid)]).Select(p => string.Create(CultureInfo.InvariantCulture, $"{name}-{p.Item1}={p.Item2}"))];
}
