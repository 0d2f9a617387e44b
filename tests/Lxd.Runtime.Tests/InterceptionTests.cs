using System.Diagnostics;
using Lxd.Linux.Seccomp;
using Lxd.Runtime.Interception;
using Lxd.Runtime.Lxc;

namespace Lxd.Runtime.Tests;

/// <summary>System calls that the host makes for a real container.</summary>
public sealed class InterceptionTests
{
    private static NotificationSocket Serve(BusyboxContainer c, InterceptSettings settings) =>
        new(LxcDriver.SeccompSocket(c.Directory1), new Interceptor((_, _) => Task.FromResult<InterceptSettings?>(settings)).AnswerAsync, e => throw e);

    private static async Task StartAsync(BusyboxContainer c, InterceptSettings settings, params UnixDeviceSpec[] devices) =>
        await c.Driver.StartAsync(c.Spec with { Intercept = settings, Cookie = "7", UnixDevices = devices }, default);

    [Fact]
    public async Task HarmlessDevicesAreMadeByWhoMayWriteThere()
    {
        await using var c = new BusyboxContainer();
        await using var socket = Serve(c, new InterceptSettings { Mknod = true });
        await StartAsync(c, new InterceptSettings { Mknod = true });
        Assert.Equal((0, "character special file 1 3 0\n", ""), await c.RunAsync("sh", "-c", "cd /tmp && mknod null c 1 3 && stat -c '%F %t %T %u' /tmp/null"));
        Assert.Equal((0, "ok\n", ""), await c.RunAsync("sh", "-c", "echo x >/tmp/null && mknod /tmp/../tmp/white c 0 0 && echo ok"));
        Assert.Contains("Operation not permitted", (await c.RunAsync("mknod", "/tmp/sda", "b", "8", "0")).Err);
        Assert.Contains("Operation not permitted", (await c.RunAsync("mknod", "/tmp/mem", "c", "1", "1")).Err);
        Assert.Contains("File exists", (await c.RunAsync("mknod", "/tmp/null", "c", "1", "3")).Err);
        Assert.Contains("No such file", (await c.RunAsync("mknod", "/tmp/none/null", "c", "1", "3")).Err);

        // What belongs to nobody of the container stays as it is, however wide it is open to the host's root.
        Directory.CreateDirectory(Path.Combine(c.Root, "mnt/host"));
        Assert.NotEqual(0, (await c.RunAsync("sh", "-c", "mknod /sys/kernel/null c 1 3")).Code);

        // A root of its own within the container is where its paths begin and end.
        Assert.Equal((0, "in\n", ""), await c.RunAsync("sh", "-c", "mkdir -p /root/jail/bin /root/jail/tmp && dd if=/bin/busybox of=/root/jail/bin/mknod 2>/dev/null && cat /bin/busybox > /root/jail/bin/busybox; /bin/busybox chmod 755 /root/jail/bin/busybox /root/jail/bin/mknod; chroot /root/jail /bin/mknod /../../tmp/jailed c 1 5; ls /root/jail/tmp | grep -q jailed && echo in"));
    }

    [Theory]
    [InlineData("", "uid=100000,gid=200005")]
    [InlineData("pagesize=2M,uid=0,gid=0", "pagesize=2M,uid=100000,gid=200005")]
    public void HugePagesBelongToTheContainersRoot(string asked, string given) =>
        Assert.Equal(given, MountCall.HugePages(asked, new Caller(100000, 200005, [], 0, 0, "5:1:7,100000:65536:0", "200000:5:65536,200005:65536:0")));

    [Fact]
    public async Task SysinfoTellsTheLimit()
    {
        await using var c = new BusyboxContainer();
        var settings = new InterceptSettings { Sysinfo = true };
        await using (Serve(c, settings))
        {
            await c.Driver.StartAsync(c.Spec with { Intercept = settings, Cookie = "7", Limits = new ResourceLimits { Memory = 123 << 20 } }, default);
            Assert.Contains("125952", (await c.RunAsync("sh", "-c", "free -k")).Out);
        }

        // A new daemon answers the next call of the same container.
        await using var again = Serve(c, settings);
        Assert.Contains("125952", (await c.RunAsync("sh", "-c", "free -k")).Out);
    }

    [Fact]
    public async Task AFileSystemOfADeviceTheContainerHasIsMounted()
    {
        await using var c = new BusyboxContainer();
        var image = Path.Combine(c.Directory1, "image");
        await using (var file = File.Create(image))
        {
            file.SetLength(8 << 20);
        }

        Run("mkfs.ext4", "-q", "-F", image);
        var loop = Run("losetup", "--find", "--show", image).Trim();
        try
        {
            var node = Path.Combine(c.Directory1, "node");
            var minor = int.Parse(loop["/dev/loop".Length..], System.Globalization.CultureInfo.InvariantCulture);
            Run("mknod", node, "b", "7", minor.ToString(System.Globalization.CultureInfo.InvariantCulture));
            Run("chown", "1000000:1000000", node);
            var settings = new InterceptSettings { Mount = true, MountAllowed = ["ext4"], MountShift = true };
            await using var socket = Serve(c, settings);
            await StartAsync(c, settings, new UnixDeviceSpec("/dev/disk", true, 7, (uint)minor) { HostPath = node });
            Assert.Equal((0, "0\n", ""), await c.RunAsync("sh", "-c", "mount -t ext4 /dev/disk /mnt && stat -c %u /mnt/lost+found"));
            Assert.Contains("nodev", (await c.RunAsync("grep", " /mnt ", "/proc/mounts")).Out);
            Assert.Equal(0, (await c.RunAsync("sh", "-c", "echo hi >/mnt/file && umount /mnt")).Code);

            // Not with another type, not from what is no device, not with paths of the host.
            Assert.NotEqual(0, (await c.RunAsync("mount", "-t", "vfat", "/dev/disk", "/mnt")).Code);
            Assert.NotEqual(0, (await c.RunAsync("mount", "-t", "ext4", "/etc/inittab", "/mnt")).Code);
            Assert.NotEqual(0, (await c.RunAsync("mount", "-t", "ext4", "-o", "journal_path=/dev/disk", "/dev/disk", "/mnt")).Code);
        }
        finally
        {
            Run("losetup", "-d", loop);
        }
    }

    [Fact]
    public async Task AProgramInsideServesAFileSystem()
    {
        await using var c = new BusyboxContainer();
        var settings = new InterceptSettings { Mount = true, MountFuse = new Dictionary<string, string> { ["xfs"] = "serve" } };
        await using var socket = Serve(c, settings);
        var program = Path.Combine(c.Root, "bin/serve");
        await File.WriteAllTextAsync(program, "#!/bin/sh\nmount -t tmpfs tmpfs $2 && echo \"$(id -u) $PWD $*\" >$2/told\n");
        File.SetUnixFileMode(program, (UnixFileMode)0b111_101_101);
        await StartAsync(c, settings);
        Assert.Equal((0, "0 /root /dev/x /mnt -o ro,a=b\n", ""), await c.RunAsync("sh", "-c", "cd /root && mount -t xfs -o ro,a=b /dev/x /mnt && cat /mnt/told"));
    }

    [Fact]
    public async Task ThePolicySaysWhatIsDenied()
    {
        await using var c = new BusyboxContainer();
        await c.Driver.StartAsync(c.Spec with { DenyCompatSyscalls = true, SyscallsDenied = ["mknod errno 33", "mknodat errno 33"] }, default);
        Assert.Contains("Numerical argument out of domain", (await c.RunAsync("mknod", "/tmp/pipe", "p")).Err);
        var policy = await File.ReadAllTextAsync(Path.Combine(c.Directory1, "security/seccomp", c.Ref.Name));
        Assert.Contains("\nfinit_module errno 38\n", policy);
        Assert.Contains("\nmmap2 errno 38\n", policy);
        Assert.DoesNotContain("\nread errno 38\n", policy);
    }

    private static string Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
        return output;
    }
}
