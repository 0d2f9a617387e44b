namespace Lxd.Daemon.Warnings;

/// <summary>A kind of warning: its code in the database, its words and how bad it is.</summary>
internal sealed record WarningKind(int Code, string Words, string Severity = "low")
{
    public static WarningKind MissingBlkio { get; } = new(1, "Could not find the CGroup blkio");
    public static WarningKind MissingCpu { get; } = new(3, "Could not find the CGroup CPU controller");
    public static WarningKind MissingCpuset { get; } = new(4, "Could not find the CGroup CPUset controller");
    public static WarningKind MissingCpuacct { get; } = new(5, "Could not find the CGroup CPUacct controller");
    public static WarningKind MissingDevices { get; } = new(6, "Could not find the CGroup devices controller");
    public static WarningKind MissingFreezer { get; } = new(7, "Could not find the CGroup freezer controller");
    public static WarningKind MissingHugetlb { get; } = new(8, "Could not find the CGroup hugetlb controller");
    public static WarningKind MissingMemory { get; } = new(9, "Could not find the CGroup memory controller");
    public static WarningKind MissingPids { get; } = new(11, "Could not find the CGroup pids controller");
    public static WarningKind AppArmorNotAvailable { get; } = new(14, "AppArmor support has been disabled");
    public static WarningKind LargerIpv6Prefix { get; } = new(18, "IPv6 networks with a prefix larger than 64 are not properly supported by dnsmasq");
    public static WarningKind NetworkUnavailable { get; } = new(20, "Network unavailable", "high");
    public static WarningKind InstanceAutostartFailure { get; } = new(22, "Failed autostarting instance");
    public static WarningKind InstanceTypeNotOperational { get; } = new(23, "Instance type not operational");
    public static WarningKind StoragePoolUnavailable { get; } = new(24, "Storage pool unavailable", "high");
    public static WarningKind CertificateNotRenewed { get; } = new(25, "Cannot update cluster certificate");

    private static readonly Dictionary<int, WarningKind> Kinds = new WarningKind[]
    {
        new(0, "Undefined warning"),
        MissingBlkio,
        new(2, "Could not find the CGroup blkio.weight"),
        MissingCpu,
        MissingCpuset,
        MissingCpuacct,
        MissingDevices,
        MissingFreezer,
        MissingHugetlb,
        MissingMemory,
        new(10, "Could not find the CGroup network priority controller"),
        MissingPids,
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
        CertificateNotRenewed,
        new(26, "Failed applying OIDC settings", "moderate"),
    }.ToDictionary(k => k.Code);

    /// <summary>The kind of a code; null where there is none.</summary>
    public static WarningKind? Find(long code) => code is >= 0 and <= int.MaxValue ? Kinds.GetValueOrDefault((int)code) : null;
}
