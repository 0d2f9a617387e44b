using System.Text;

namespace Lxd.Runtime.Tests;

/// <summary>Real containers.</summary>
public sealed class LxcDriverTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task StartsRunsCommandsAndStops()
    {
        await using var c = new BusyboxContainer();
        Assert.Equal(0, c.Driver.Pid(c.Ref));
        await c.Driver.StartAsync(c.Spec, default);
        Assert.True(c.Driver.Pid(c.Ref) > 0);
        Assert.Equal((0, "hello\n", ""), await c.RunAsync("echo", "hello"));
        Assert.Equal((7, "", "err\n"), await c.RunAsync("sh", "-c", "echo err >&2; exit 7"));
        Assert.Equal(143, (await c.RunAsync("sh", "-c", "kill -TERM $$")).Code);
        Assert.Equal(127, (await c.RunAsync("no-such-command")).Code);
        Assert.Equal("0\n", (await c.RunAsync("id", "-u")).Out);
        Assert.Equal((0, "y\n", ""), await c.RunAsync("sh", "-c", "yes | head -1"));
        var usage = c.Driver.Live(c.Ref).Usage();
        Assert.True(usage.Processes >= 1 && usage.MemoryBytes > 0 && usage.CpuNanoseconds > 0);
        c.Driver.Kill(c.Ref);
        await c.Driver.WaitStoppedAsync(c.Ref, default).WaitAsync(Patience);
        Assert.Equal(0, c.Driver.Pid(c.Ref));
    }

    [Fact]
    public async Task ACleanShutdownEndsItAndANewDriverFindsARunningOne()
    {
        await using var c = new BusyboxContainer();
        await c.Driver.StartAsync(c.Spec, default);
        var other = new Lxd.Runtime.Lxc.LxcDriver(c.Directory1);
        Assert.Equal(c.Driver.Pid(c.Ref), other.Pid(c.Ref));
        var stopped = other.WaitStoppedAsync(c.Ref, default);
        other.RequestShutdown(c.Ref, false);
        await stopped.WaitAsync(Patience);
        Assert.Equal(0, other.Pid(c.Ref));
    }

    [Fact]
    public async Task ABackgroundChildDoesNotKeepTheSessionOpen()
    {
        await using var c = new BusyboxContainer();
        await c.Driver.StartAsync(c.Spec, default);
        Assert.Equal((0, "done\n", ""), await c.RunAsync("sh", "-c", "sleep 1000 & echo done"));
    }

    [Fact]
    public async Task AnInteractiveShellHasATerminalAndEndsOnExitAfterAnInterrupt()
    {
        await using var c = new BusyboxContainer();
        await c.Driver.StartAsync(c.Spec, default);
        await using var session = await c.Driver.ExecAsync(c.Ref, new ExecRequest(["sh"]) { Interactive = true, Width = 100, Height = 30, Environment = new Dictionary<string, string> { ["PATH"] = "/bin", ["PS1"] = "ready> " } }, default);
        var screen = new Screen(session.Output);
        await screen.ShowsAsync("ready> ");
        await session.Input.WriteAsync("tty\n"u8.ToArray());
        await screen.ShowsAsync("/dev/pts/");
        await screen.ShowsAsync("ready> ");
        await session.Input.WriteAsync("sh -c 'echo go; exec sleep 1000'\n"u8.ToArray());
        await screen.ShowsAsync("\ngo");
        await session.Input.WriteAsync(new byte[] { 3 });
        await screen.ShowsAsync("ready> ");
        await session.Input.WriteAsync("exit 5\n"u8.ToArray());
        Assert.Equal(5, await session.Exit.WaitAsync(Patience));
    }

    [Fact]
    public async Task LimitsAndMountsChangeWhileItRuns()
    {
        await using var c = new BusyboxContainer();
        await c.Driver.StartAsync(c.Spec, default);
        var live = c.Driver.Live(c.Ref);
        live.Apply(new ResourceLimits { Memory = 64 << 20, Processes = 50, CpuQuota = (50_000, 100_000) });
        Assert.Equal(64 << 20, live.Usage().MemoryTotalBytes);
        live.Apply(new ResourceLimits());
        Assert.NotEqual(64 << 20, live.Usage().MemoryTotalBytes);
        var shared = Directory.CreateTempSubdirectory("lxdshare");
        try
        {
            File.SetUnixFileMode(shared.FullName, (UnixFileMode)0b111_101_101);
            File.WriteAllText(Path.Combine(shared.FullName, "file"), "shared\n");
            await live.MountAsync(new MountSpec(shared.FullName, "/mnt/deep/share") { ReadOnly = true }, default);
            Assert.Equal("shared\n", (await c.RunAsync("cat", "/mnt/deep/share/file")).Out);
            Assert.NotEqual(0, (await c.RunAsync("sh", "-c", "echo x >/mnt/deep/share/new")).Code);
            await live.UnmountAsync("/mnt/deep/share", default);
            Assert.NotEqual(0, (await c.RunAsync("cat", "/mnt/deep/share/file")).Code);
        }
        finally
        {
            shared.Delete(true);
        }
    }

    [Fact]
    public async Task FreezesAndThaws()
    {
        await using var c = new BusyboxContainer();
        await c.Driver.StartAsync(c.Spec, default);
        await c.Driver.SetFrozenAsync(c.Ref, true, default);
        Assert.True(c.Driver.IsFrozen(c.Ref));
        await c.Driver.SetFrozenAsync(c.Ref, false, default);
        Assert.False(c.Driver.IsFrozen(c.Ref));
        await c.Driver.SetFrozenAsync(c.Ref, true, default);
        c.Driver.Kill(c.Ref);
        await c.Driver.WaitStoppedAsync(c.Ref, default).WaitAsync(Patience);
    }

    [Fact]
    public async Task AFailedStartTellsWhyAndLeavesNothing()
    {
        await using var c = new BusyboxContainer();
        File.Delete(Path.Combine(c.Root, "sbin/init"));
        var e = await Assert.ThrowsAsync<Lxd.Core.ApiException>(() => c.Driver.StartAsync(c.Spec, default));
        Assert.Contains("exit status", e.Message);
        Assert.Equal(0, c.Driver.Pid(c.Ref));
    }

    [Fact]
    public async Task TheConsoleShowsWhatInitWrites()
    {
        await using var c = new BusyboxContainer();
        File.WriteAllText(Path.Combine(c.Root, "etc/inittab"), "::respawn:/bin/sh\n");
        await c.Driver.StartAsync(c.Spec, default);
        await using var console = await c.Driver.Live(c.Ref).ConsoleAsync(default);
        await console.Terminal.WriteAsync("echo con$((40+2))sole\n"u8.ToArray());
        await new Screen(console.Terminal).ShowsAsync("con42sole");
    }

    /// <summary>Reads on until the text has come, and keeps what came after it for the next call.</summary>
    private sealed class Screen(Stream terminal)
    {
        private string _seen = "";

        public async Task ShowsAsync(string text)
        {
            var buffer = new byte[4096];
            int at;
            while ((at = _seen.IndexOf(text, StringComparison.Ordinal)) < 0)
            {
                int count;
                try
                {
                    count = await terminal.ReadAsync(buffer).AsTask().WaitAsync(Patience);
                }
                catch (TimeoutException)
                {
                    throw new TimeoutException($"no \"{text}\" came after: {_seen}");
                }

                Assert.True(count > 0, $"ended before \"{text}\": {_seen}");
                _seen += Encoding.UTF8.GetString(buffer, 0, count);
            }

            _seen = _seen[(at + text.Length)..];
        }
    }
}
