using Lxd.Linux.IdMaps;
using Lxd.Linux.Processes;
using Lxd.Runtime.Lxc;

namespace Lxd.Runtime.Tests;

/// <summary>A container of one static program, unprivileged, without network: it touches nothing of the host but a cgroup that goes with it.</summary>
internal sealed class BusyboxContainer : IAsyncDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("lxdrt").FullName;

    public BusyboxContainer()
    {
        // Root of the container walks through here.
        File.SetUnixFileMode(_directory, (UnixFileMode)0b111_101_101);
        Root = Path.Combine(_directory, "rootfs");
        foreach (var directory in (string[])["bin", "sbin", "proc", "sys", "dev", "tmp", "etc", "root", "mnt"])
        {
            Directory.CreateDirectory(Path.Combine(Root, directory));
        }

        File.Copy("/bin/busybox", Path.Combine(Root, "bin/busybox"));
        foreach (var applet in (string[])["sh", "sleep", "cat", "echo", "head", "yes", "id", "stat", "ls", "kill", "tty", "true", "false", "poweroff", "reboot", "grep", "dd", "mknod", "mount", "umount", "mkdir", "free", "chroot"])
        {
            File.CreateSymbolicLink(Path.Combine(Root, "bin", applet), "busybox");
        }

        File.CreateSymbolicLink(Path.Combine(Root, "sbin/init"), "../bin/busybox");
        File.WriteAllText(Path.Combine(Root, "etc/inittab"), "::respawn:/bin/sleep 100000\n::ctrlaltdel:/bin/reboot\n");
        Directory.CreateDirectory(Path.Combine(_directory, "logs"));
        Driver = new LxcDriver(_directory);
        Ref = new InstanceRef("rt" + Path.GetFileName(_directory)[5..].ToLowerInvariant(), Path.Combine(_directory, "logs"));
    }

    public LxcDriver Driver { get; }

    public InstanceRef Ref { get; }

    public string Root { get; }

    public string Directory1 => _directory;

    public InstanceSpec Spec => new(Ref)
    {
        Hostname = "rt",
        RootFs = Root,
        IdMap = new IdMap(new IdMapEntry(true, true, 1_000_000, 0, 65536)),
    };

    public async Task<(int Code, string Out, string Err)> RunAsync(params string[] command)
    {
        await using var session = await Driver.ExecAsync(Ref, new ExecRequest(command) { Environment = new Dictionary<string, string> { ["PATH"] = "/bin:/sbin" } }, default);
        await session.Input.DisposeAsync();
        using var stdout = new StreamReader(session.Output);
        using var stderr = new StreamReader(session.Error);
        var output = stdout.ReadToEndAsync();
        var error = stderr.ReadToEndAsync();
        return (await session.Exit.WaitAsync(TimeSpan.FromMinutes(2)), await output.WaitAsync(TimeSpan.FromMinutes(1)), await error.WaitAsync(TimeSpan.FromMinutes(1)));
    }

    public async ValueTask DisposeAsync()
    {
        Driver.Kill(Ref);
        await Driver.WaitStoppedAsync(Ref, default).WaitAsync(TimeSpan.FromMinutes(1));
        Directory.Delete(_directory, true);
    }
}
