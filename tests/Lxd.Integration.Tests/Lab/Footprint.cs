using System.Diagnostics;
using System.Text;

namespace Lxd.Integration.Tests.Lab;

/// <summary>All that a lab's server holds on the host, as text that can be compared: mounts, loop devices, interfaces, rules of the firewall, cgroups, processes and files. A difference is
/// something left behind, or something lost.</summary>
public static class Footprint
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    /// <param name="server">Whose.</param>
    /// <param name="instances">What the names of its instances have in common, and those of no other lab.</param>
    public static async Task<string> OfAsync(LabServer server, string instances)
    {
        var (home, dir) = (server.Home, server.Dir);
        var held = await server.Shell.RunAsync(
            $"awk '$2 ~ \"^{home}/\" {{ print \"mount\", $2 }}' /proc/mounts | sort; losetup -ln -O BACK-FILE | grep '^{home}/' | sort"
            + "; ip -o link show | sed -E 's/^[0-9]+: ([^:@]*).*/interface \\1/; s/veth.*/veth/' | sort; nft list ruleset"
            + $"; find /sys/fs/cgroup -name 'lxc.*{instances}*' | sort"
            // What is in the instances and images is theirs; SQLite's side files and the daemon's sockets come and go with it.
            + $"; cd {dir} && find . \\( -name rootfs -o -path '*/images/*/*' -o -path '*/database/*' -o -name '*.log' -o -path './networks/*/dnsmasq.leases' \\) -prune -o -print | sort");
        return held + Processes(dir);
    }

    /// <summary>Waits until it holds what it held; what was just told to go may need its time.</summary>
    public static async Task SameAsync(string before, LabServer server, string instances, string when)
    {
        var now = await OfAsync(server, instances);
        for (var clock = Stopwatch.StartNew(); now != before && clock.Elapsed < Patience; now = await OfAsync(server, instances))
        {
            await Task.Delay(100);
        }

        var (was, @is) = (before.Split('\n'), now.Split('\n'));
        Assert.True(now == before, $"{when}:\nleft: {string.Join("\n      ", @is.Except(was))}\nlost: {string.Join("\n      ", was.Except(@is))}\n{now}");
    }

    /// <summary>Everything that was started with the server's directory, or names it: itself, its helpers, its instances' monitors. Their command lines without numbers of processes.</summary>
    private static string Processes(string dir)
    {
        var found = new List<string>();
        foreach (var process in Directory.GetDirectories("/proc").Where(d => int.TryParse(Path.GetFileName(d), out _)))
        {
            try
            {
                var line = Encoding.UTF8.GetString(File.ReadAllBytes(process + "/cmdline")).Replace('\0', ' ').Trim();
                if (line.Contains(dir + "/", StringComparison.Ordinal) || File.ReadAllText(process + "/environ").Contains($"LXD_DIR={dir}\0", StringComparison.Ordinal))
                {
                    found.Add("process " + line);
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // It has ended meanwhile.
            }
        }

        return string.Join('\n', found.Order(StringComparer.Ordinal));
    }
}
