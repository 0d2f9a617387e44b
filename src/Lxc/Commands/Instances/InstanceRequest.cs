using System.Text.Json.Nodes;
using Lxc.Terminal;
using Lxc.Framework;
using Lxd.Client;
using Lxd.Core;
using Lxd.Core.Api;

namespace Lxc.Commands.Instances;

/// <summary>What is asked of a new instance: YAML of standard input, and flags, which win.</summary>
internal static class InstanceRequest
{
    public static JsonObject Read(Arguments arguments)
    {
        var body = Input.Yaml();
        var config = Shared.Target.Map(body, "config");
        foreach (var (key, value) in arguments.Map("--config"))
        {
            config[key] = value;
        }

        Override(Shared.Target.Map(body, "devices"), arguments.All("--device"), null);
        body["ephemeral"] = arguments.Has("--ephemeral") || (bool?)body["ephemeral"] == true;
        body["instance_type"] = arguments.Get("--type");
        body["type"] = arguments.Has("--vm") ? "virtual-machine" : "container";
        if (arguments.Has("--no-profiles"))
        {
            body["profiles"] = new JsonArray();
        }
        else if (arguments.All("--profile") is { Count: > 0 } profiles)
        {
            body["profiles"] = List(profiles);
        }

        return body;
    }

    public static JsonArray List(IEnumerable<string> names) => [.. names.Select(n => (JsonNode)JsonValue.Create(n))];

    /// <summary><c>--device NAME,KEY=VALUE</c>.</summary>
    /// <param name="inherited">Devices that become the instance's own when a key of theirs is set.</param>
    public static void Override(JsonObject devices, IReadOnlyList<string> flags, JsonObject? inherited)
    {
        foreach (var text in flags)
        {
            var comma = text.IndexOf(',');
            var equals = text.IndexOf('=');
            if (comma <= 0 || equals < comma)
            {
                throw new ApiException(0, $"Bad device override syntax, expecting <device>,<key>=<value>: {text}");
            }

            var name = text[..comma];
            if (devices[name] is not JsonObject device)
            {
                devices[name] = device = inherited?[name]?.DeepClone() as JsonObject ?? [];
            }

            device[text[(comma + 1)..equals]] = text[(equals + 1)..];
        }
    }

    /// <summary>The network and pool of the flags as devices, and devices of which only some keys were given made whole from the profiles.</summary>
    /// <param name="query">The project where the instance will be: <c>?project=NAME</c>, or empty.</param>
    public static async Task AddDevicesAsync(LxdConnection server, JsonObject body, Arguments arguments, string query, CancellationToken ct)
    {
        var devices = (JsonObject)body["devices"]!;
        if (arguments.Get("--network") is { Length: > 0 } network)
        {
            var found = await server.GetAsync<Network>($"/1.0/networks/{Uri.EscapeDataString(network)}{query}", ct).ConfigureAwait(false);
            devices["eth0"] = Nic(found, "eth0");
        }

        if (arguments.Get("--storage") is { Length: > 0 } pool)
        {
            await server.GetAsync($"/1.0/storage-pools/{Uri.EscapeDataString(pool)}", ct).ConfigureAwait(false);
            var root = Shared.Target.Map(devices, "root");
            root["type"] = "disk";
            root["path"] = "/";
            root["pool"] = pool;
        }

        // What was asked of these devices by key holds over what the flags above made of them.
        Override(devices, arguments.All("--device"), null);
        await CompleteAsync(server, body, query, ct).ConfigureAwait(false);
    }

    /// <summary>A device that leads to a network.</summary>
    /// <param name="name">Of the interface inside; empty for whatever it will be.</param>
    public static JsonObject Nic(Network network, string name)
    {
        var nic = new JsonObject { ["type"] = "nic" };
        if (network.Managed)
        {
            nic["network"] = network.Name;
        }
        else
        {
            nic["nictype"] = network.Type == "bridge" ? "bridged" : "macvlan";
            nic["parent"] = network.Name;
        }

        if (name.Length > 0)
        {
            nic["name"] = name;
        }

        return nic;
    }

    /// <summary>A device without a type takes what it lacks from the last profile that has it.</summary>
    private static async Task CompleteAsync(LxdConnection server, JsonObject body, string query, CancellationToken ct)
    {
        var devices = (JsonObject)body["devices"]!;
        var incomplete = devices.Where(d => d.Value is JsonObject device && device["type"] is null).Select(d => d.Key).ToList();
        var names = body["profiles"] is JsonArray given ? given.Select(n => (string)n!).ToList() : ["default"];
        names.Reverse();
        foreach (var profile in incomplete.Count == 0 ? [] : names)
        {
            var found = await server.GetAsync<Profile>($"/1.0/profiles/{Uri.EscapeDataString(profile)}{query}", ct).ConfigureAwait(false);
            foreach (var name in incomplete.Where(n => devices[n]!["type"] is null && found.Devices.ContainsKey(n)))
            {
                foreach (var (key, value) in found.Devices[name])
                {
                    ((JsonObject)devices[name]!)[key] ??= value;
                }
            }
        }

        if (incomplete.Find(n => devices[n]!["type"] is null) is { } missing)
        {
            throw new ApiException(0, $"Cannot override config for device \"{missing}\": Device not found in profile devices");
        }
    }
}
