using System.Text.Json.Nodes;
using Lxd.Core;
using Lxd.Daemon.Http;

namespace Lxd.Daemon.DevLxd;

/// <summary>Volumes attached to instances by identities that speak from inside one: each has to do only with the devices it attached itself, and attaches only volumes it made.</summary>
internal sealed class GuestDevices(GuestApi api, GuestVolumes volumes)
{
    public async Task<GuestAnswer> GetAsync(Caller caller, string name, CancellationToken ct)
    {
        var (instance, etag) = await api.GetAsync(caller, Url(name), ct).ConfigureAwait(false);
        var devices = Devices(instance).Where(d => IsOwned(caller, instance, d.Key)).Select(d => KeyValuePair.Create(d.Key, d.Value?.DeepClone()));
        return new(new JsonObject { ["name"] = (string?)instance["name"], ["devices"] = new JsonObject(devices) }, etag);
    }

    /// <param name="body"><c>devices</c>: what is attached or changed; null for what goes.</param>
    public async Task<GuestAnswer> PatchAsync(Caller caller, string name, JsonObject body, string etag, CancellationToken ct)
    {
        var (instance, tag) = await api.GetAsync(caller, Url(name), ct).ConfigureAwait(false);
        var (devices, config) = (Devices(instance).DeepClone().AsObject(), (instance["config"]?.DeepClone() as JsonObject) ?? []);
        foreach (var (device, wanted) in body["devices"] as JsonObject ?? [])
        {
            var owned = IsOwned(caller, instance, device);
            if (wanted is null)
            {
                // What another attached stays, and nobody is told that it is there.
                if (owned)
                {
                    devices.Remove(device);
                    config.Remove(OwnerKey(device));
                }

                continue;
            }

            if (!owned && (devices.ContainsKey(device) || instance["expanded_devices"]?[device] is not null))
            {
                throw ApiException.Forbidden($"Not authorized to manage device \"{device}\"");
            }

            await CheckVolumeAsync(caller, device, wanted as JsonObject ?? [], ct).ConfigureAwait(false);
            devices[device] = wanted.DeepClone();
            config[OwnerKey(device)] = caller.Username;
        }

        var put = new JsonObject { ["config"] = config, ["devices"] = devices };
        foreach (var member in (string[])["architecture", "description", "ephemeral", "profiles", "stateful"])
        {
            put[member] = instance[member]?.DeepClone();
        }

        var response = await api.AskAsync(caller, "PUT", Url(name), put, etag.Length > 0 ? etag : tag, ct).ConfigureAwait(false);
        await response.Operation!.Done.WaitAsync(ct).ConfigureAwait(false);
        response.Operation.ThrowIfFailed();
        return GuestAnswer.Done;
    }

    private async Task CheckVolumeAsync(Caller caller, string name, JsonObject device, CancellationToken ct)
    {
        // A source without a pool would be a path of the host.
        if ((string?)device["type"] != "disk" || (string?)device["pool"] is not { Length: > 0 } pool || (string?)device["source"] is not { Length: > 0 } source || source.Contains('/') || device.ContainsKey("raw.mount.options"))
        {
            throw ApiException.Forbidden($"Device \"{name}\" is no custom volume");
        }

        await volumes.OwnAsync(caller, pool, "custom", source, ct).ConfigureAwait(false);
    }

    private static bool IsOwned(Caller caller, JsonNode instance, string device) => Devices(instance)[device]?["type"]?.ToString() == "disk" && (string?)instance["config"]?[OwnerKey(device)] == caller.Username;

    private static JsonObject Devices(JsonNode instance) => instance["devices"] as JsonObject ?? [];

    private static string OwnerKey(string device) => $"volatile.{device}.devlxd.owner";

    private static string Url(string name) => "/1.0/instances/" + Uri.EscapeDataString(name);
}
