using System.Text.Json.Nodes;
using Lxc.Framework;
using Lxd.Core;

namespace Lxc.Commands;

/// <summary><c>device</c> of instances and profiles.</summary>
internal static class DeviceCommands
{
    public static IEnumerable<Command> Make(string prefix, string what, Func<Context, List<string>, EntityCommands.Target> find)
    {
        Command Changing(string name, string usage, string help, Func<JsonObject, List<string>, JsonObject> change, string[]? aliases = null) => new($"{prefix} device {name}", $"{what} {usage}", help, async (c, a) =>
        {
            var target = find(c, a.Rest);
            var answer = await target.Server.SendAsync("GET", target.Url, (JsonNode?)null, c.Cancel).ConfigureAwait(false);
            var thing = (JsonObject)answer.Metadata!;
            thing["devices"] = change((JsonObject?)thing["devices"]?.DeepClone() ?? [], target.Rest);
            await EntityCommands.PutAsync(target, thing, answer.Etag, c.Cancel).ConfigureAwait(false);
            if (name is "add" or "remove" or "override" && !c.Quiet)
            {
                await c.Out.WriteLineAsync($"Device {target.Rest[0]} {(name == "add" ? "added to" : name == "remove" ? "removed from" : "overridden for")} {Uri.UnescapeDataString(target.Url.Split('/')[^1])}").ConfigureAwait(false);
            }

            return 0;
        })
        { Count = (2, -1), Aliases = aliases ?? [] };

        yield return Changing("add", "<device> <type> [key=value...]", "Add devices", (devices, rest) =>
        {
            if (devices.ContainsKey(rest[0]))
            {
                throw new ApiException(0, "The device already exists");
            }

            var device = new JsonObject { ["type"] = rest.ElementAtOrDefault(1) ?? throw new UsageException("Invalid number of arguments") };
            foreach (var (key, value) in rest.Count > 2 ? EntityCommands.Pairs([.. rest.Skip(2)]) : [])
            {
                device[key] = value;
            }

            devices[rest[0]] = device;
            return devices;
        });
        yield return Changing("remove", "<device>...", "Remove devices", (devices, rest) =>
        {
            foreach (var name in rest)
            {
                if (!devices.Remove(name))
                {
                    throw new ApiException(0, "Device doesn't exist");
                }
            }

            return devices;
        }, ["rm"]);
        yield return Changing("set", "<device> <key>=<value>...", "Set keys of a device", (devices, rest) => Set(devices, rest[0], EntityCommands.Pairs([.. rest.Skip(1)])));
        yield return Changing("unset", "<device> <key>", "Unset a key of a device", (devices, rest) => Set(devices, rest[0], rest.Skip(1).ToDictionary(k => k, _ => "")));
        yield return new Command($"{prefix} device get", $"{what} <device> <key>", "Get a key of a device", async (c, a) =>
        {
            var target = find(c, a.Rest);
            var thing = await target.Server.GetAsync(target.Url, c.Cancel).ConfigureAwait(false);
            var device = thing?["devices"]?[target.Rest[0]] ?? throw new ApiException(0, "Device doesn't exist");
            await c.Out.WriteLineAsync(device[target.Rest[1]]?.ToString() ?? "").ConfigureAwait(false);
            return 0;
        })
        { Count = (3, 3) };
        yield return new Command($"{prefix} device list", what, "List devices", async (c, a) =>
        {
            var target = find(c, a.Rest);
            var thing = await target.Server.GetAsync(target.Url, c.Cancel).ConfigureAwait(false);
            await c.Out.WriteAsync(string.Concat((thing?["devices"] as JsonObject ?? []).OrderBy(d => d.Key, StringComparer.Ordinal).Select(d => d.Key + "\n"))).ConfigureAwait(false);
            return 0;
        })
        { Count = (1, 1), Aliases = ["ls"] };
        yield return new Command($"{prefix} device show", what, "Show devices", async (c, a) =>
        {
            var target = find(c, a.Rest);
            var thing = await target.Server.GetAsync(target.Url, c.Cancel).ConfigureAwait(false);
            await c.Out.WriteAsync(Yaml.Format(thing?["devices"])).ConfigureAwait(false);
            return 0;
        })
        { Count = (1, 1) };
        if (prefix == "config")
        {
            yield return new Command("config device override", $"{what} <device> [key=value...]", "Copy a profile's device into the instance and change it", async (c, a) =>
            {
                var target = find(c, a.Rest);
                var answer = await target.Server.SendAsync("GET", target.Url, (JsonNode?)null, c.Cancel).ConfigureAwait(false);
                var thing = (JsonObject)answer.Metadata!;
                var devices = (JsonObject?)thing["devices"]?.DeepClone() ?? [];
                if (devices.ContainsKey(target.Rest[0]))
                {
                    throw new ApiException(0, "The device already exists");
                }

                devices[target.Rest[0]] = thing["expanded_devices"]?[target.Rest[0]]?.DeepClone() ?? throw new ApiException(0, "The profile device doesn't exist");
                thing["devices"] = target.Rest.Count > 1 ? Set(devices, target.Rest[0], EntityCommands.Pairs([.. target.Rest.Skip(1)])) : devices;
                await EntityCommands.PutAsync(target, thing, answer.Etag, c.Cancel).ConfigureAwait(false);
                await c.Out.WriteLineAsync($"Device {target.Rest[0]} overridden for {Uri.UnescapeDataString(target.Url.Split('/')[^1])}").ConfigureAwait(false);
                return 0;
            })
            { Count = (2, -1) };
        }
    }

    private static JsonObject Set(JsonObject devices, string name, Dictionary<string, string> values)
    {
        var device = devices[name] as JsonObject ?? throw new ApiException(0, "Device doesn't exist");
        foreach (var (key, value) in values)
        {
            if (value.Length == 0)
            {
                device.Remove(key);
            }
            else
            {
                device[key] = value;
            }
        }

        return devices;
    }
}
