namespace Lxd.Core;

/// <summary>The integers the database stores for names of the API; unknown names throw a bad request.</summary>
public static class DatabaseCodes
{
    private static readonly string[] Architectures = ["unknown", "i686", "x86_64", "armv7l", "aarch64", "ppc", "ppc64", "ppc64le", "s390x", "mips", "mips64", "riscv32", "riscv64", "armv6l", "armv8l", "loongarch64"];
    private static readonly string[] EntityTypes = ["container", "image", "profile", "project", "certificate", "instance", "instance_backup", "instance_snapshot", "network", "network_acl", "cluster_member", "operation", "storage_pool", "storage_volume", "storage_volume_backup", "storage_volume_snapshot", "warning", "cluster_group", "storage_bucket", "network_zone", "image_alias", "server", "group", "identity_provider_group", "identity", "placement_group", "cluster_link", "replicator"];
    private static readonly string[] InstanceTypes = ["container", "virtual-machine"];

    /// <summary>The architecture of this machine, as the API names it.</summary>
    public static string HostArchitecture => System.Runtime.InteropServices.RuntimeInformation.OSArchitecture switch
    {
        System.Runtime.InteropServices.Architecture.X64 => "x86_64",
        System.Runtime.InteropServices.Architecture.X86 => "i686",
        System.Runtime.InteropServices.Architecture.Arm64 => "aarch64",
        System.Runtime.InteropServices.Architecture.Arm => "armv7l",
        System.Runtime.InteropServices.Architecture.S390x => "s390x",
        System.Runtime.InteropServices.Architecture.Ppc64le => "ppc64le",
        System.Runtime.InteropServices.Architecture.RiscV64 => "riscv64",
        System.Runtime.InteropServices.Architecture.LoongArch64 => "loongarch64",
        _ => "unknown",
    };

    /// <summary>The code of an architecture; also takes the names distributions use (<c>amd64</c>).</summary>
    public static int Architecture(string name) => Find(Architectures, Canonical(name), "Architecture isn't supported: " + name);

    public static string Architecture(long code) => Name(Architectures, code);

    /// <summary><c>amd64</c> and other second names as the one the API shows.</summary>
    public static string Canonical(string architecture) => architecture switch
    {
        "amd64" => "x86_64",
        "i386" or "i586" or "386" => "i686",
        "arm64" => "aarch64",
        "armhf" or "arm" or "armv7" => "armv7l",
        "powerpc" => "ppc",
        "powerpc64" => "ppc64",
        "ppc64el" => "ppc64le",
        "loong64" => "loongarch64",
        _ => architecture,
    };

    /// <summary>The code of a kind of thing, as warnings and permissions store it.</summary>
    public static int EntityType(string type) => Find(EntityTypes, type, $"Unknown entity type \"{type}\"");

    public static int InstanceType(string type) => Find(InstanceTypes, type, $"Invalid instance type \"{type}\"");

    public static string InstanceType(long code) => Name(InstanceTypes, code);

    private static int Find(string[] names, string name, string error)
    {
        var code = Array.IndexOf(names, name);
        return code >= 0 ? code : throw ApiException.BadRequest(error);
    }

    private static string Name(string[] names, long code) => code >= 0 && code < names.Length ? names[code] : "unknown";
}
