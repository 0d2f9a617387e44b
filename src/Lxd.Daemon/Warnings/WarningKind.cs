namespace Lxd.Daemon.Warnings;

/// <summary>A kind of warning: its code in the database, its words and how bad it is.</summary>
internal sealed record WarningKind(int Code, string Words, string Severity = "low")
{
    public static WarningKind AppArmorNotAvailable { get; } = new(14, "AppArmor support has been disabled");
    public static WarningKind LargerIpv6Prefix { get; } = new(18, "IPv6 networks with a prefix larger than 64 are not properly supported by dnsmasq");
    public static WarningKind NetworkUnavailable { get; } = new(20, "Network unavailable", "high");
    public static WarningKind InstanceAutostartFailure { get; } = new(22, "Failed autostarting instance");
    public static WarningKind InstanceTypeNotOperational { get; } = new(23, "Instance type not operational");
    public static WarningKind StoragePoolUnavailable { get; } = new(24, "Storage pool unavailable", "high");

    private static readonly Dictionary<int, WarningKind> Kinds = new WarningKind[]
    {
        new(0, "Undefined warning"),
        new(1, "Could not find the CGroup blkio"),
        new(2, "Could not find the CGroup blkio.weight"),
        new(3, "Could not find the CGroup CPU controller"),
        new(4, "Could not find the CGroup CPUset controller"),
        new(5, "Could not find the CGroup CPUacct controller"),
        new(6, "Could not find the CGroup devices controller"),
        new(7, "Could not find the CGroup freezer controller"),
        new(8, "Could not find the CGroup hugetlb controller"),
        new(9, "Could not find the CGroup memory controller"),
        new(10, "Could not find the CGroup network priority controller"),
        new(11, "Could not find the CGroup pids controller"),
        new(12, "Could not find the CGroup memory swap accounting"),
        new(13, "Time skew detected between leader and local"),
        AppArmorNotAvailable,
        new(15, "Missing virtiofsd"),
        new(16, "Cannot connect to MAAS"),
        new(17, "Skipping AppArmor for dnsmasq due to raw.dnsmasq being set"),
        LargerIpv6Prefix,
        new(19, "Proxy bridge netfilter not enabled"),
        NetworkUnavailable,
        new(21, "Offline cluster member"),
        InstanceAutostartFailure,
        InstanceTypeNotOperational,
        StoragePoolUnavailable,
        new(25, "Cannot update cluster certificate"),
        new(26, "Failed applying OIDC settings", "moderate"),
    }.ToDictionary(k => k.Code);

    /// <summary>The kind of a code; null where there is none.</summary>
    public static WarningKind? Find(long code) => code is >= 0 and <= int.MaxValue ? Kinds.GetValueOrDefault((int)code) : null;
}
