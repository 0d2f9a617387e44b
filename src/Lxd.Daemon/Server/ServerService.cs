using System.Text.Json.Nodes;
using Lxd.Core;
using Lxd.Core.Api;
using Lxd.Core.Config;
using Lxd.Daemon.Certificates;
using Lxd.Daemon.Events;
using Lxd.Daemon.Hosting;
using Lxd.Daemon.Http;

namespace Lxd.Daemon.Server;

/// <summary>The server as a resource: what it is, what it can, how it is configured.</summary>
internal sealed class ServerService(ServerConfig config, HttpsListener https, HostFeatures features, EventHub events)
{
    public const string Version = "6.9";

    /// <summary>Names and versions of the storage drivers that work here; the used ones are told by <see cref="UsedStorage"/>.</summary>
    public Func<IReadOnlyList<ServerStorageDriverInfo>> StorageDrivers { get; set; } = () => [];

    /// <summary>The drivers of the pools there are.</summary>
    public Func<CancellationToken, Task<IReadOnlyList<string>>> UsedStorage { get; set; } = _ => Task.FromResult<IReadOnlyList<string>>([]);

    public static ServerUntrusted Untrusted(Caller caller, ServerConfig config) => new()
    {
        ApiExtensions = [.. ApiExtensions.All],
        ApiStatus = "stable",
        ApiVersion = "1.0",
        Auth = "untrusted",
        AuthMethods = ["tls"],
        Config = new JsonObject([.. config.Values.Where(p => p.Key == "user.ui.title").Select(p => KeyValuePair.Create(p.Key, (JsonNode?)JsonValue.Create(p.Value)))]),
    };

    public async Task<Lxd.Core.Api.Server> GetAsync(Caller caller, string project, CancellationToken ct)
    {
        var used = await UsedStorage(ct).ConfigureAwait(false);
        var drivers = StorageDrivers();
        return new Lxd.Core.Api.Server
        {
            ApiExtensions = [.. ApiExtensions.All],
            ApiStatus = "stable",
            ApiVersion = "1.0",
            Auth = "trusted",
            AuthMethods = ["tls"],
            AuthUserMethod = caller.Protocol,
            AuthUserName = caller.Username,
            ClientCertificate = caller.Protocol == "tls",
            Config = caller.IsAdmin ? Visible() : new JsonObject(),
            Environment = new ServerEnvironment
            {
                Addresses = [.. Addresses.Of(https.Address)],
                Architectures = [.. HostInfo.Architectures],
                BackupMetadataVersionRange = [1, 2],
                Certificate = https.Certificate.ExportCertificatePem() + "\n",
                CertificateFingerprint = CertificateService.Fingerprint(https.Certificate),
                Driver = "lxc",
                DriverVersion = features.LxcVersion,
                Firewall = features.Firewall,
                InstanceTypes = ["container"],
                Kernel = "Linux",
                KernelArchitecture = HostInfo.Architecture,
                KernelFeatures = new(features.KernelFeatures),
                KernelVersion = HostInfo.KernelVersion,
                LxcFeatures = new(features.LxcFeatures),
                OsName = HostInfo.Os.Name,
                OsVersion = HostInfo.Os.Version,
                Project = project,
                Server = "lxd",
                ServerEventMode = "full-mesh",
                ServerName = HostInfo.Hostname,
                ServerPid = Environment.ProcessId,
                ServerVersion = Version,
                Storage = string.Join(" | ", used),
                StorageVersion = string.Join(" | ", used.Select(u => drivers.FirstOrDefault(d => d.Name == u)?.Version ?? "1")),
                StorageSupportedDrivers = [.. drivers],
            },
        };
    }

    /// <summary>The editable part, with secrets shown as <c>true</c>.</summary>
    public JsonObject Visible() => new(config.Values.OrderBy(p => p.Key, StringComparer.Ordinal).Select(p =>
        KeyValuePair.Create(p.Key, (JsonNode?)(p.Key == ServerConfig.TrustPassword ? JsonValue.Create(true) : JsonValue.Create(p.Value)))));

    public async Task ReplaceAsync(JsonNode? wanted, Caller caller, CancellationToken ct)
    {
        await config.ReplaceAsync(Read(wanted), ct).ConfigureAwait(false);
        events.Lifecycle("config-updated", "default", "/1.0", caller.Requestor());
    }

    public Task PatchAsync(JsonNode? patch, Caller caller, CancellationToken ct)
    {
        var merged = Visible();
        foreach (var (key, value) in Read(patch))
        {
            merged[key] = value;
        }

        return ReplaceAsync(merged, caller, ct);
    }

    /// <summary>Values come as texts, booleans or numbers; null unsets.</summary>
    private static Dictionary<string, string> Read(JsonNode? node)
    {
        if (node is null)
        {
            return [];
        }

        if (node is not JsonObject map)
        {
            throw ApiException.BadRequest("The configuration is not a JSON object");
        }

        return map.ToDictionary(p => p.Key, p => p.Value switch
        {
            null => "",
            JsonValue value when value.TryGetValue<string>(out var text) => text,
            JsonValue value when value.TryGetValue<bool>(out var flag) => flag ? "true" : "false",
            { } other => other.ToJsonString(),
        });
    }
}
