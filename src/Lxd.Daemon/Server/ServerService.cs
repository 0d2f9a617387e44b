using System.Text.Json.Nodes;
using Lxd.Core;
using Lxd.Core.Api;
using Lxd.Core.Config;
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

    /// <summary>How a client may authenticate.</summary>
    public Func<IReadOnlyList<string>> AuthMethods { get; set; } = () => ["tls", "bearer"];

    public ServerUntrusted Untrusted(Request request) => new()
    {
        ApiExtensions = [.. ApiExtensions.All],
        ApiStatus = "stable",
        ApiVersion = "1.0",
        Auth = "untrusted",
        AuthMethods = [.. AuthMethods()],
        ClientCertificate = request.Context.Connection.ClientCertificate is not null,
        Config = Open(),
    };

    public async Task<Lxd.Core.Api.Server> GetAsync(Request request, CancellationToken ct)
    {
        var used = await UsedStorage(ct).ConfigureAwait(false);
        var drivers = StorageDrivers();
        return new Lxd.Core.Api.Server
        {
            ApiExtensions = [.. ApiExtensions.All],
            ApiStatus = "stable",
            ApiVersion = "1.0",
            Auth = "trusted",
            AuthMethods = [.. AuthMethods()],
            AuthUserMethod = request.Caller.Protocol,
            AuthUserName = request.Caller.Username,
            ClientCertificate = request.Context.Connection.ClientCertificate is not null,
            Config = request.May(Entity.Server, "can_edit") ? Visible() : Open(),
            Environment = new ServerEnvironment
            {
                Addresses = [.. Addresses.Of(https.Address)],
                Architectures = [.. HostInfo.Architectures],
                BackupMetadataVersionRange = [1, 2],
                Certificate = https.Identity.Pem,
                CertificateFingerprint = https.Identity.Fingerprint,
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
                Project = request.Project,
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

    /// <summary>What everybody may know of the configuration: how to log in, how the UI calls itself. Null where nothing of it is set.</summary>
    private JsonObject? Open()
    {
        var open = new JsonObject();
        foreach (var key in (string[])["oidc.audience", "oidc.device.client.id", "oidc.issuer", "user.microcloud", .. config.Values.Keys.Where(k => k.StartsWith("user.ui.", StringComparison.Ordinal))])
        {
            var value = config.Get(key) is { Length: > 0 } set ? set : key == "oidc.device.client.id" ? config.Get("oidc.client.id") : "";
            if (value.Length > 0)
            {
                open[key] = value;
            }
        }

        return open.Count > 0 ? open : null;
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
