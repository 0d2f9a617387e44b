using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Lxd.Core.Api;

public sealed record Server
{
    public List<string> ApiExtensions { get; set; } = [];
    public string ApiStatus { get; set; } = "";
    public string ApiVersion { get; set; } = "";
    public string Auth { get; set; } = "";
    public List<string> AuthMethods { get; set; } = [];
    public string AuthUserMethod { get; set; } = "";
    public string AuthUserName { get; set; } = "";
    public bool ClientCertificate { get; set; }
    public JsonNode? Config { get; set; }
    public ServerEnvironment Environment { get; set; } = new();
    public bool Public { get; set; }
}

public sealed record ServerEnvironment
{
    public List<string> Addresses { get; set; } = [];
    public List<string> Architectures { get; set; } = [];
    public List<uint> BackupMetadataVersionRange { get; set; } = [];
    public string Certificate { get; set; } = "";
    public string CertificateFingerprint { get; set; } = "";
    public string Driver { get; set; } = "";
    public string DriverVersion { get; set; } = "";
    public string Firewall { get; set; } = "";
    public List<string> InstanceTypes { get; set; } = [];
    public string Kernel { get; set; } = "";
    public string KernelArchitecture { get; set; } = "";
    public Dictionary<string, string> KernelFeatures { get; set; } = [];
    public string KernelVersion { get; set; } = "";
    public Dictionary<string, string> LxcFeatures { get; set; } = [];
    public string OsName { get; set; } = "";
    public string OsVersion { get; set; } = "";
    public string Project { get; set; } = "";
    public string Server { get; set; } = "";
    public bool ServerClustered { get; set; }
    public string ServerEventMode { get; set; } = "";
    public bool ServerLts { get; set; }
    public string ServerName { get; set; } = "";
    public long ServerPid { get; set; }
    public string ServerVersion { get; set; } = "";
    public string Storage { get; set; } = "";
    public List<ServerStorageDriverInfo> StorageSupportedDrivers { get; set; } = [];
    public string StorageVersion { get; set; } = "";
}

public sealed record ServerPut
{
    public JsonNode? Config { get; set; }
}

public sealed record ServerStorageDriverInfo
{
    [JsonPropertyName("Name")]
    public string Name { get; set; } = "";
    [JsonPropertyName("Remote")]
    public bool Remote { get; set; }
    [JsonPropertyName("Version")]
    public string Version { get; set; } = "";
}

public sealed record ServerUntrusted
{
    public List<string> ApiExtensions { get; set; } = [];
    public string ApiStatus { get; set; } = "";
    public string ApiVersion { get; set; } = "";
    public string Auth { get; set; } = "";
    public List<string> AuthMethods { get; set; } = [];
    public bool ClientCertificate { get; set; }
    public JsonNode? Config { get; set; }
    public bool Public { get; set; }
}
