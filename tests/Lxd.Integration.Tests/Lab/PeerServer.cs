using System.Diagnostics;

namespace Lxd.Integration.Tests.Lab;

/// <summary>A real LXD 5.0.2, which <c>build/setup</c> unpacks into artifacts/peer, in a directory of its own; the shell's <c>lxc</c> is ours.</summary>
public sealed class PeerServer : IAsyncDisposable
{
    private readonly Process _daemon;
    private readonly Dictionary<string, string> _environment;

    private PeerServer(string home)
    {
        Home = home;
        var peer = Path.Combine(LabServer.RepositoryRoot, "artifacts", "peer", "usr");
        Assert.True(File.Exists(peer + "/bin/lxd"), $"{peer}/bin/lxd is missing: build/setup unpacks it");
        _environment = new Dictionary<string, string>
        {
            ["LXD_DIR"] = Path.Combine(home, "d"),
            ["LXD_CONF"] = Path.Combine(home, "conf"),
            ["HOME"] = home,
            ["PATH"] = $"{peer}/bin:{Environment.GetEnvironmentVariable("PATH")}",
            ["LD_LIBRARY_PATH"] = peer + "/lib/x86_64-linux-gnu",
        };
        Directory.CreateDirectory(Path.Combine(home, "work"));
        Itself = new Shell(_environment, Path.Combine(home, "work"));
        var start = new ProcessStartInfo(peer + "/bin/lxd", ["--logfile", Path.Combine(home, "lxd.log"), "--group", "root"]) { WorkingDirectory = home };
        foreach (var (name, value) in _environment)
        {
            start.Environment[name] = value;
        }

        _daemon = Process.Start(start)!;
        Shell = new Shell(
            new Dictionary<string, string>(_environment) { ["PATH"] = $"{LabServer.Binaries}:{Environment.GetEnvironmentVariable("PATH")}", ["LD_LIBRARY_PATH"] = "" },
            Path.Combine(home, "work"));
    }

    public string Home { get; }

    /// <summary>With our <c>lxc</c>.</summary>
    public Shell Shell { get; }

    /// <summary>With all that is its own.</summary>
    public Shell Itself { get; }

    /// <summary>A new one with a dir pool, a bridge and the busybox image under the alias <c>bb</c>.</summary>
    public static async Task<PeerServer> StartReadyAsync()
    {
        var home = Directory.CreateTempSubdirectory("lxdlab-peer-").FullName;
        File.SetUnixFileMode(home, (UnixFileMode)0b111_001_001);
        var server = new PeerServer(home);
        try
        {
            await server.Itself.RunAsync("lxd waitready --timeout 120 && lxd init --auto");
            await server.Shell.RunAsync($"lxc image import {await Images.BusyboxAsync()} --alias bb");
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!_daemon.HasExited)
        {
            await Itself.TryAsync("timeout 60 lxd shutdown");
            if (!_daemon.WaitForExit(TimeSpan.FromSeconds(10)))
            {
                _daemon.Kill(true);
            }
        }

        _daemon.Dispose();
        var dir = _environment["LXD_DIR"];
        // It leaves its DHCP server, its bridge and its mounts when it goes.
        await Itself.TryAsync($"for n in {dir}/networks/*/dnsmasq.pid; do [ -e $n ] && kill $(awk '/^pid/ {{ print $2 }}' $n); done; for n in {dir}/networks/*; do ip link delete $(basename $n); done");
        await Itself.TryAsync($"awk '$2 ~ \"^{Home}\" {{ print $2 }}' /proc/mounts | sort -r | xargs -r umount -l; rm -rf --one-file-system {Home}");
    }
}
