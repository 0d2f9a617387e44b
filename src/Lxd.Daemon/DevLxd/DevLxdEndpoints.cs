using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Lxd.Core;
using Lxd.Daemon.Events;
using Lxd.Daemon.Identities;
using Lxd.Daemon.Images;
using Lxd.Daemon.Instances;
using Microsoft.AspNetCore.Http;

namespace Lxd.Daemon.DevLxd;

/// <summary>The endpoints of <c>/dev/lxd/sock</c>.</summary>
internal sealed class DevLxdEndpoints(InstanceServices with, ImageService images, GuestEvents guests, EventHub events, BearerTokens bearers, GuestManagement management, IReadOnlyList<string> storageDrivers)
{
    private const int LargestBody = 65536;

    public async Task AnswerAsync(HttpContext context, InstanceRecord instance, CancellationToken ct)
    {
        var path = (context.Request.Path.Value ?? "/").TrimEnd('/');
        var method = context.Request.Method;
        var authorization = context.Request.Headers.Authorization.ToString();
        var known = authorization.StartsWith("Bearer ", StringComparison.Ordinal) ? bearers.VerifyGuest(authorization["Bearer ".Length..]) : null;
        if (GuestManagement.Knows(path))
        {
            var answer = await management.AnswerAsync(context, instance, known, path, ct).ConfigureAwait(false);
            if (answer.Etag.Length > 0)
            {
                context.Response.Headers.ETag = answer.Etag;
            }

            await JsonAsync(context, answer.Body, ct).ConfigureAwait(false);
            return;
        }

        switch (method, path)
        {
            case ("GET", ""):
                await JsonAsync(context, new JsonArray("/1.0"), ct).ConfigureAwait(false);
                break;
            case ("GET", "/1.0"):
                await JsonAsync(context, State(instance, known is not null), ct).ConfigureAwait(false);
                break;
            case ("PATCH", "/1.0"):
                await SetStateAsync(context, instance, ct).ConfigureAwait(false);
                break;
            case ("GET", "/1.0/config"):
                await JsonAsync(context, new JsonArray([.. instance.ExpandedConfig.Keys.Append(SshKeys.VendorData).Distinct().Where(k => IsGuestKey(k) && SshKeys.Read(instance.ExpandedConfig, k) is not null).Order(StringComparer.Ordinal).Select(k => (JsonNode)("/1.0/config/" + k))]), ct).ConfigureAwait(false);
                break;
            case ("GET", "/1.0/meta-data"):
                await TextAsync(context, $"#cloud-config\ninstance-id: {instance.Config.GetValueOrDefault("volatile.cloud-init.instance-id", "")}\nlocal-hostname: {instance.Name}\n{instance.Get("user.meta-data")}", ct).ConfigureAwait(false);
                break;
            case ("GET", "/1.0/devices"):
                await JsonAsync(context, Devices(instance), ct).ConfigureAwait(false);
                break;
            case ("GET", "/1.0/events"):
                await EventsAsync(context, instance, ct).ConfigureAwait(false);
                break;
            case ("GET", "/1.0/ubuntu-pro"):
                await JsonAsync(context, new JsonObject { ["guest_attach"] = "off" }, ct).ConfigureAwait(false);
                break;
            default:
                await OneAsync(context, instance, method, path, ct).ConfigureAwait(false);
                break;
        }
    }

    private async Task OneAsync(HttpContext context, InstanceRecord instance, string method, string path, CancellationToken ct)
    {
        if (path.StartsWith("/1.0/config/", StringComparison.Ordinal) && method == "GET")
        {
            var key = path["/1.0/config/".Length..];
            if (!IsGuestKey(key))
            {
                throw ApiException.Forbidden();
            }

            await TextAsync(context, SshKeys.Read(instance.ExpandedConfig, key) ?? throw ApiException.NotFound(), ct).ConfigureAwait(false);
            return;
        }

        if (path.StartsWith("/1.0/images/", StringComparison.Ordinal) && path.EndsWith("/export", StringComparison.Ordinal) && method == "GET")
        {
            await ExportAsync(context, instance, path["/1.0/images/".Length..^"/export".Length], ct).ConfigureAwait(false);
            return;
        }

        throw path == "/1.0/ubuntu-pro/token" ? ApiException.Forbidden() : ApiException.NotFound();
    }

    /// <summary>The keys that are there for the guest.</summary>
    public static bool IsGuestKey(string key) => key.StartsWith("user.", StringComparison.Ordinal) || key.StartsWith("cloud-init.", StringComparison.Ordinal);

    /// <param name="known">Whether a token of an identity was shown.</param>
    private JsonObject State(InstanceRecord instance, bool known)
    {
        var state = PublicState(instance);
        state["auth"] = known ? "trusted" : "untrusted";
        if (known)
        {
            state["environment"] = new JsonObject { ["server_clustered"] = false };
        }

        return state;
    }

    private JsonObject PublicState(InstanceRecord instance) => new()
    {
        ["api_version"] = "1.0",
        ["instance_type"] = instance.Type,
        ["location"] = "none",
        ["state"] = instance.Config.GetValueOrDefault("volatile.last_state.ready") == "true" ? "Ready" : "Started",
        ["supported_storage_drivers"] = new JsonArray([.. storageDrivers.Where(_ => instance.IsTrue("security.devlxd.management.volumes")).Select(d => (JsonNode)new JsonObject { ["name"] = d, ["remote"] = false })]),
    };

    private static JsonObject Devices(InstanceRecord instance)
    {
        var all = new JsonObject();
        foreach (var (name, device) in instance.ExpandedDevices.OrderBy(d => d.Key, StringComparer.Ordinal))
        {
            var shown = new SortedDictionary<string, string>(device, StringComparer.Ordinal);
            if (device.GetValueOrDefault("type") == "nic" && !shown.ContainsKey("hwaddr") && instance.Config.TryGetValue($"volatile.{name}.hwaddr", out var hwaddr))
            {
                shown["hwaddr"] = hwaddr;
            }

            all[name] = new JsonObject(shown.Select(p => KeyValuePair.Create(p.Key, (JsonNode?)p.Value)));
        }

        return all;
    }

    /// <summary>The guest tells that it has booted, or that it is not ready again.</summary>
    private async Task SetStateAsync(HttpContext context, InstanceRecord instance, CancellationToken ct)
    {
        var body = new byte[LargestBody];
        var length = await context.Request.Body.ReadAtLeastAsync(body, body.Length, false, ct).ConfigureAwait(false);
        string state;
        try
        {
            state = JsonNode.Parse(body.AsSpan(0, length)) is JsonObject o && o["state"] is JsonValue value && value.TryGetValue(out string? text) ? text : "";
        }
        catch (JsonException e)
        {
            throw ApiException.BadRequest(e.Message, e);
        }

        if (state is not ("Ready" or "Started"))
        {
            throw ApiException.BadRequest($"Invalid state {state}");
        }

        await with.Store.SetConfigAsync(instance.Id, new Dictionary<string, string?> { ["volatile.last_state.ready"] = state == "Ready" ? "true" : "false" }, ct).ConfigureAwait(false);
        if (state == "Ready")
        {
            events.Lifecycle("instance-ready", instance.Project, instance.Url, null, null, instance.Name);
        }

        await JsonAsync(context, new JsonObject(), ct).ConfigureAwait(false);
    }

    /// <summary>Images that are public or only cached; that there are others is not told.</summary>
    private async Task ExportAsync(HttpContext context, InstanceRecord instance, string fingerprint, CancellationToken ct)
    {
        if (!instance.IsTrue("security.devlxd.images"))
        {
            throw ApiException.Forbidden();
        }

        var image = (await images.ListAsync("default", ct).ConfigureAwait(false)).Find(i => i.Fingerprint == fingerprint && (i.Public || i.Cached)) ?? throw ApiException.NotFound();
        await ImageExport.Write(image, images.Files.Of(image.Project)).WriteAsync(context, ct).ConfigureAwait(false);
    }

    /// <summary>Over a websocket, or as lines of a body that does not end.</summary>
    private async Task EventsAsync(HttpContext context, InstanceRecord instance, CancellationToken ct)
    {
        var types = (context.Request.Query["type"].ToString() is { Length: > 0 } list ? list.Split(',') : []).ToList();
        if (types.Find(t => t is not ("config" or "device")) is { } unknown)
        {
            throw ApiException.BadRequest($"\"{unknown}\" isn't a supported event type");
        }

        if (context.WebSockets.IsWebSocketRequest)
        {
            using var socket = await context.WebSockets.AcceptWebSocketAsync().ConfigureAwait(false);
            using var gone = CancellationTokenSource.CreateLinkedTokenSource(ct);
            var closing = WaitCloseAsync(socket, gone);
            await foreach (var text in guests.ListenAsync(instance.Id, types, gone.Token).ConfigureAwait(false))
            {
                await socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, true, gone.Token).ConfigureAwait(false);
            }

            await closing.ConfigureAwait(false);
            return;
        }

        context.Response.ContentType = "application/json";
        await context.Response.StartAsync(ct).ConfigureAwait(false);
        await foreach (var text in guests.ListenAsync(instance.Id, types, ct).ConfigureAwait(false))
        {
            await context.Response.WriteAsync(text + "\n", ct).ConfigureAwait(false);
            await context.Response.Body.FlushAsync(ct).ConfigureAwait(false);
        }
    }

    private static async Task WaitCloseAsync(WebSocket socket, CancellationTokenSource gone)
    {
        var buffer = new byte[512];
        try
        {
            while ((await socket.ReceiveAsync(buffer.AsMemory(), gone.Token).ConfigureAwait(false)).MessageType != WebSocketMessageType.Close)
            {
            }
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException)
        {
            // As good as closed.
        }

        await gone.CancelAsync().ConfigureAwait(false);
    }

    private static async Task JsonAsync(HttpContext context, JsonNode value, CancellationToken ct)
    {
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync(value.ToJsonString(Json.Options) + "\n", ct).ConfigureAwait(false);
    }

    private static async Task TextAsync(HttpContext context, string text, CancellationToken ct)
    {
        context.Response.ContentType = "text/plain; charset=utf-8";
        await context.Response.WriteAsync(text, ct).ConfigureAwait(false);
    }
}
