namespace Lxd.Runtime.Lxc;

/// <summary>The controllers of cgroups that this host has.</summary>
public static class CgroupControllers
{
    private const string Root = "/sys/fs/cgroup";

    /// <summary>What the second generation does without a controller of the name.</summary>
    private static readonly string[] BuiltIn = ["cpuacct", "devices", "freezer"];

    /// <summary>Whether the host has the second generation alone.</summary>
    public static bool IsUnified => File.Exists(Path.Combine(Root, "cgroup.controllers"));

    /// <param name="name">As the first generation calls it: <c>blkio</c>, not <c>io</c>.</param>
    public static bool Has(string name) => Has(Root, name);

    internal static bool Has(string root, string name)
    {
        var unified = Path.Combine(root, "cgroup.controllers");
        return File.Exists(unified)
            ? BuiltIn.Contains(name) || File.ReadAllText(unified).Split(' ', StringSplitOptions.TrimEntries).Contains(name == "blkio" ? "io" : name)
            : Directory.Exists(Path.Combine(root, name));
    }
}
