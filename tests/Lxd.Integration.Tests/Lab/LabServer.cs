using System.Diagnostics;
using System.Globalization;

namespace Lxd.Integration.Tests.Lab;

/// <summary>The published daemon in a directory of its own, with a shell whose <c>lxc</c> is the published client. The tests run in a private network and mount
/// namespace (<c>build/lab</c>): a daemon makes bridges and mounts.</summary>
public sealed class LabServer : IAsyncDisposable
{
    private Process? _daemon;

    public LabServer(string name)
    {
        Home = System.IO.Directory.CreateTempSubdirectory($"lxdlab-{name}-").FullName;
        // dnsmasq runs as nobody and has to pass.
        File.SetUnixFileMode(Home, (UnixFileMode)0b111_001_001);
        Dir = Path.Combine(Home, "d");
        System.IO.Directory.CreateDirectory(Path.Combine(Home, "work"));
        Environment = new Dictionary<string, string>
        {
            ["LXD_DIR"] = Dir,
            ["LXD_CONF"] = Path.Combine(Home, "conf"),
            ["HOME"] = Home,
            ["PATH"] = $"{Binaries}:{System.Environment.GetEnvironmentVariable("PATH")}",
        };
        Shell = new Shell(Environment, Path.Combine(Home, "work"));
    }

    /// <summary>artifacts/bin of the tree the tests were built in.</summary>
    public static string Binaries { get; } = Path.Combine(Root(), "artifacts", "bin");

    public static string RepositoryRoot => Root();

    public string Home { get; }

    /// <summary>The daemon's LXD_DIR.</summary>
    public string Dir { get; }

    public Dictionary<string, string> Environment { get; }

    public Shell Shell { get; }

    public int Pid => _daemon?.Id ?? throw new InvalidOperationException("the daemon is not running");

    /// <summary>KiB of RAM the daemon has.</summary>
    public long Memory => long.Parse(File.ReadLines($"/proc/{Pid}/status").First(l => l.StartsWith("VmRSS:", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);

    /// <summary>How many files the daemon has open.</summary>
    public int Files => System.IO.Directory.GetFileSystemEntries($"/proc/{Pid}/fd").Length;

    public async Task StartAsync()
    {
        var start = new ProcessStartInfo(Path.Combine(Binaries, "lxd"), ["--logfile", Path.Combine(Home, "lxd.log"), "--debug"]) { RedirectStandardError = false, WorkingDirectory = Home };
        foreach (var (name, value) in Environment)
        {
            start.Environment[name] = value;
        }

        _daemon = Process.Start(start)!;
        await Shell.RunAsync("lxd waitready --timeout 120");
    }

    /// <summary>A new server with a dir pool, a bridge and the busybox image under the alias <c>bb</c>.</summary>
    public static async Task<LabServer> StartReadyAsync(string name, string pool = "dir")
    {
        var server = new LabServer(name);
        try
        {
            await server.StartAsync();
            await server.Shell.RunAsync($"lxd init --auto --storage-backend {pool}" + (pool == "btrfs" ? " --storage-create-loop 2" : ""));
            await server.Shell.RunAsync($"lxc image import {await Images.BusyboxAsync()} --alias bb");
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Kills the daemon at once, as a crash would.</summary>
    public async Task KillAsync()
    {
        _daemon!.Kill();
        await _daemon.WaitForExitAsync();
        _daemon.Dispose();
        _daemon = null;
    }

    /// <summary>Sends a signal and waits for the daemon's end.</summary>
    public async Task<int> SignalAsync(string signal)
    {
        await Shell.RunAsync($"kill -{signal} {Pid}");
        return await ExitAsync();
    }

    /// <summary>Waits for the end of a daemon that was told to go.</summary>
    public async Task<int> ExitAsync()
    {
        await _daemon!.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(2));
        var code = _daemon.ExitCode;
        _daemon.Dispose();
        _daemon = null;
        return code;
    }

    public async Task RestartAsync()
    {
        await SignalAsync("TERM");
        await StartAsync();
    }

    /// <summary>A shell whose <c>lxc</c> is the one of Debian's package lxd-client (LXD 5.0.2), which <c>build/setup</c> unpacks into artifacts/peer.</summary>
    public Shell WithDebianClient()
    {
        var bin = Path.Combine(Root(), "artifacts", "peer", "usr", "bin");
        Assert.True(File.Exists(Path.Combine(bin, "lxc")), $"{bin}/lxc is missing: build/setup unpacks it");
        var environment = new Dictionary<string, string>(Environment) { ["LXD_CONF"] = Path.Combine(Home, "debian-conf") };
        environment["PATH"] = $"{bin}:{environment["PATH"]}";
        return new Shell(environment, Path.Combine(Home, "work"));
    }

    public string Log => File.Exists(Path.Combine(Home, "lxd.log")) ? File.ReadAllText(Path.Combine(Home, "lxd.log")) : "";

    public async ValueTask DisposeAsync()
    {
        if (_daemon is { HasExited: false })
        {
            var answer = await Shell.TryAsync("lxd shutdown --force --timeout 120");
            if (answer.Code != 0)
            {
                _daemon.Kill();
            }

            await _daemon.WaitForExitAsync();
        }

        _daemon?.Dispose();
        await Shell.TryAsync($"awk '$2 ~ \"^{Home}\" {{ print $2 }}' /proc/mounts | sort -r | xargs -r umount -l; for n in {Dir}/networks/*/dnsmasq.pid; do [ -e $n ] && kill $(cat $n); done");
        await Shell.TryAsync($"rm -rf --one-file-system {Home}");
    }

    private static string Root()
    {
        var directory = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(directory, "Lxd.sln")))
        {
            directory = Path.GetDirectoryName(directory) ?? throw new InvalidOperationException("the tests do not lie in the source tree");
        }

        return directory;
    }
}
