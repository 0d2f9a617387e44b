using System.Net.Sockets;
using Lxd.Linux.Archives;
using Lxd.Linux.Processes;
using Lxd.Linux.Tests.Archives;

namespace Lxd.Linux.Tests.Attacks;

/// <summary>Tools that do what a stranger wants: a shell in the place of rsync or an unpacker tries to get out, with all the rights that any tool has.</summary>
public sealed class ConfinedToolTests : IDisposable
{
    private readonly Scratch _scratch = new();

    public ConfinedToolTests()
    {
        _scratch.Write("outside/secret", "secret");
        _scratch.Write("source/file", "content");
        _scratch.Make("target");
    }

    private Confinement Strongest => Confinement.Into(_scratch["target"], ToolRights.Admin) with { Reads = [_scratch["source"]] };

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public async Task WhatItIsForWorks()
    {
        var script = $"cd {_scratch["target"]}; cp {_scratch["source"]}/file a; chown 1000:1001 a; chmod 4750 a; mknod null c 1 3; chown 5:5 null; setfattr -n trusted.x -v y a || true; echo z | cat >b; stat -c '%u %g %a' a";
        Assert.Equal("1000 1001 4750\n", await RunAsync(Strongest, script));
        Assert.Equal("content", File.ReadAllText(_scratch["target/a"]));
        Assert.Equal("z\n", File.ReadAllText(_scratch["target/b"]));
    }

    [Theory]
    [InlineData("echo x > OUTSIDE/new")]
    [InlineData("ln -s OUTSIDE TARGET/link && echo x > TARGET/link/new")]
    [InlineData("ln -s OUTSIDE/secret TARGET/link && echo x > TARGET/link")]
    [InlineData("ln -s OUTSIDE/secret TARGET/link && chown 1:1 TARGET/link")]
    [InlineData("cat OUTSIDE/secret")]
    [InlineData("cat TARGET/../outside/secret")]
    [InlineData("cat /etc/shadow")]
    [InlineData("ls /proc/1/root/")]
    [InlineData("ls /root")]
    [InlineData("echo x > SOURCE/file")]
    [InlineData("rm SOURCE/file")]
    [InlineData("chmod 777 SOURCE/file")]
    [InlineData("ln SOURCE/file TARGET/linked && echo x > TARGET/linked")]
    [InlineData("touch /usr/bin/new")]
    [InlineData("cp /bin/true TARGET/tool && TARGET/tool")]
    [InlineData("mkdir TARGET/m && mount -t tmpfs x TARGET/m")]
    [InlineData("mount -o remount,rw SOURCE")]
    [InlineData("mount --bind TARGET /usr")]
    [InlineData("umount SOURCE")]
    [InlineData("unshare -m true")]
    [InlineData("unshare -Ur true")]
    [InlineData("unshare -n true")]
    [InlineData("chroot TARGET")]
    [InlineData("mkdir TARGET/d && chroot TARGET/d /")]
    [InlineData("mknod TARGET/zero c 1 5 && head -c 1 TARGET/zero")]
    [InlineData("kill -0 OURS")]
    [InlineData("kill -9 OURS")]
    [InlineData("renice -n 1 -p OURS")]
    [InlineData("prlimit --nofile=1:1 --pid OURS")]
    [InlineData("hostname other")]
    public async Task ItDoesNotGetOut(string attack)
    {
        var script = attack.Replace("OUTSIDE", _scratch["outside"], StringComparison.Ordinal).Replace("SOURCE", _scratch["source"], StringComparison.Ordinal)
            .Replace("TARGET", _scratch["target"], StringComparison.Ordinal).Replace("OURS", $"{Environment.ProcessId}", StringComparison.Ordinal);
        var before = _scratch.Shell("ls -lnR --time-style=full-iso outside source; cat outside/* source/*");
        Assert.Equal("refused\n", await RunAsync(Strongest, $"if ( {script} ) >/dev/null 2>&1; then echo done; else echo refused; fi"));
        Assert.Equal(before, _scratch.Shell("ls -lnR --time-style=full-iso outside source; cat outside/* source/*"));
    }

    /// <summary>A signal to the group of the caller would reach the daemon's, were the tool in it.</summary>
    [Fact]
    public async Task ItHasNoGroupWithOthers()
    {
        await Assert.ThrowsAsync<ToolFailed>(() => RunAsync(Strongest, "sh -c 'kill -9 0'; exit 3"));
        Assert.Equal("0 0\n", await RunAsync(Confinement.Streams, "echo $PPID $(($$ - 1))"));
    }

    [Fact]
    public async Task RightsThatAreNotNeededAreGone()
    {
        _scratch.Shell("mkdir locked && echo x >locked/f && chown -R 1234 locked && chmod 700 locked && chmod 600 locked/f");
        var reading = new Confinement { Reads = [_scratch["locked"]], Writes = [_scratch["target"]] };
        Assert.Equal("refused\n", await RunAsync(reading, $"cat {_scratch["locked"]}/f 2>/dev/null || echo refused"));
        Assert.Equal("refused\n", await RunAsync(reading, $"mknod {_scratch["target"]}/n c 1 3 2>/dev/null || echo refused"));
        Assert.Equal("x\n", await RunAsync(reading with { Rights = ToolRights.Override }, $"cat {_scratch["locked"]}/f"));
        Assert.Equal("0000000000000000", await CapabilitiesAsync(Confinement.Streams));
    }

    [Fact]
    public async Task ItReachesNoNetwork()
    {
        using var listener = new TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        var port = ((System.Net.IPEndPoint)listener.LocalEndpoint).Port;
        Assert.Equal("refused\n", await RunAsync(Strongest, $"bash -c 'exec 3<>/dev/tcp/127.0.0.1/{port}' 2>/dev/null && echo done || echo refused"));
        Assert.False(listener.Pending());
    }

    /// <summary>The receiving rsync is told to follow links, as a faulty one would.</summary>
    [Fact]
    public async Task ALinkInTheTargetIsNotWrittenThrough()
    {
        _scratch.Shell("mkdir -p source/d && echo content >source/d/a && ln -s $PWD/outside target/d");
        await using var receiver = PipedTool.Start("rsync", Confinement.Into(_scratch["target"]), "--server", "-vlogDtprKe.iLsfx", "--numeric-ids", ".", _scratch["target"] + "/");
        await using var sender = PipedTool.Start("sh", new Confinement(ToolRights.Override) { Reads = [_scratch["source"]] }, "-c", "exec 3<&0 4>&1 </dev/null >/dev/null; exec rsync \"$@\"", "rsync", "-ar", "--numeric-ids",
            "-e", "sh -c 'exec 5<&0; cat <&5 >&4 3<&- & exec cat <&3 4>&- 5<&-'", _scratch["source"] + "/", "localhost:/");
        await Task.WhenAll(CopyAsync(sender.Output, receiver.Input), CopyAsync(receiver.Output, sender.Input));
        Assert.Equal("content", File.ReadAllText(_scratch["target/file"]));
        Assert.Equal("secret", _scratch.Shell("ls outside"));
    }

    [Fact]
    public async Task WhatIsKilledIsGoneWithAllItStarted()
    {
        var tool = PipedTool.Start("sh", Confinement.Into(_scratch["target"]), "-c", $"(while :; do echo x >>{_scratch["target"]}/f; done) & echo ready; wait");
        var line = new byte[6];
        await tool.Output.ReadExactlyAsync(line);
        await tool.DisposeAsync();
        Directory.Delete(_scratch["target"], true);
        Assert.False(Directory.Exists(_scratch["target"]));
    }

    [Fact]
    public void NodesThatAreNotHarmlessAreRemoved()
    {
        _scratch.Shell("cd target && mkdir d && mknod d/disk b 8 0 && mknod d/mem c 1 1 && mknod d/null c 1 3 && mknod d/whiteout c 0 0 && mkfifo d/fifo && ln -s d/null link");
        StrangeNodes.Remove(_scratch["target"], DevicePolicy.All, default);
        Assert.Equal("disk\nfifo\nmem\nnull\nwhiteout", _scratch.Shell("ls target/d"));
        StrangeNodes.Remove(_scratch["target"], DevicePolicy.Harmless, default);
        Assert.Equal("fifo\nnull\nwhiteout", _scratch.Shell("ls target/d"));
    }

    private static Task<string> RunAsync(Confinement confinement, string script) => PipedTool.RunAsync("sh", ["-c", script], default, confinement);

    /// <summary>What <c>capsh</c> would say, by a process that sees its own <c>/proc</c>.</summary>
    private static async Task<string> CapabilitiesAsync(Confinement confinement)
    {
        await using var tool = PipedTool.Start("sh", confinement, "-c", "echo ready; read line");
        await tool.Output.ReadExactlyAsync(new byte[6]);
        var waiting = Directory.GetDirectories("/proc").Select(Path.GetFileName).Where(p => int.TryParse(p, out _)).Select(p => Read($"/proc/{p}/status"))
            .Single(s => s.Contains($"\nPPid:\t{tool.Id}\n", StringComparison.Ordinal));
        tool.Input.Close();
        return waiting.Split('\n').Single(l => l.StartsWith("CapPrm:", StringComparison.Ordinal))[8..].Trim();
    }

    private static string Read(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (IOException)
        {
            return "";
        }
    }

    private static async Task CopyAsync(Stream from, Stream to)
    {
        try
        {
            await from.CopyToAsync(to);
            to.Close();
        }
        catch (IOException)
        {
            // The other one has gone.
        }
    }
}
