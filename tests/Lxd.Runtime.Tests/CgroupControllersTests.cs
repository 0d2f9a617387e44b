using Lxd.Runtime.Lxc;

namespace Lxd.Runtime.Tests;

public sealed class CgroupControllersTests
{
    [Theory]
    [InlineData("cpu io pids\n", "blkio,cpu,cpuacct,devices,freezer,pids")]
    [InlineData(null, "cpu,memory")]
    public void BothGenerationsAreUnderstood(string? unified, string expected)
    {
        var root = Directory.CreateTempSubdirectory("lxd-cgroups-").FullName;
        try
        {
            Directory.CreateDirectory(Path.Combine(root, "cpu"));
            Directory.CreateDirectory(Path.Combine(root, "memory"));
            if (unified is not null)
            {
                File.WriteAllText(Path.Combine(root, "cgroup.controllers"), unified);
            }

            string[] all = ["blkio", "cpu", "cpuacct", "devices", "freezer", "hugetlb", "memory", "pids"];
            Assert.Equal(expected, string.Join(',', all.Where(c => CgroupControllers.Has(root, c))));
        }
        finally
        {
            Directory.Delete(root, true);
        }
    }
}
