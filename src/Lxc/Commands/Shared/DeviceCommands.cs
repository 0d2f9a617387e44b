using System.Text.Json.Nodes;
using Lxc.Framework;
using Lxd.Core;

namespace Lxc.Commands.Shared;

/// <summary><c>device</c> of instances and profiles.</summary>
internal static class DeviceCommands
{
    /// <param name="prefix"><c>config</c> or <c>profile</c>.</param>
    /// <param name="what">How the help names the owner.</param>
    /// <param name="noun"><c>instance</c> or <c>profile</c>.</param>
    /// <param name="find">The owner that the first argument names.</param>
    public static IEnumerable<Command> Make(string prefix, string what, string noun, Hint owner, Func<Context, Arguments, Target> find)
    {
        yield return new Command($"{prefix} device add", $"{what} <device> <type> [key=value...]", $"Add {noun} devices", (c, a) => AddAsync(c, find(c, a)))
        {
            Count = (3, -1), Hints = [owner, Hint.None, Hint.DeviceType, Hint.DeviceKey],
            Examples = $"lxc {prefix} device add {what} shared disk source=/srv/files path=/mnt/files\n    The host's /srv/files is at /mnt/files inside.",
        };
        yield return new Command($"{prefix} device remove", $"{what} <name>...", $"Remove {noun} devices", (c, a) => RemoveAsync(c, find(c, a))) { Aliases = ["rm"], Count = (2, -1), Hints = [owner, Hint.Device] };
        yield return new Command($"{prefix} device set", $"{what} <device> <key>=<value>...", $"Set device configuration keys of {noun}s", async (c, a) =>
        {
            var target = find(c, a);
            var values = Pairs.Read([.. target.Rest.Skip(1)]);
            await target.ChangeDevicesAsync(devices => Pairs.Apply(Device(devices, target.Rest[0]), values), c.Cancel).ConfigureAwait(false);
            return 0;
        })
        { Count = (3, -1), Hints = [owner, Hint.Device, Hint.KeyValue], Long = $"A single key may also be set the older way:\n    lxc {prefix} device set {what} <device> <key> <value>" };
        yield return new Command($"{prefix} device unset", $"{what} <device> <key>", $"Unset device configuration keys of {noun}s", async (c, a) =>
        {
            var target = find(c, a);
            await target.ChangeDevicesAsync(devices => Device(devices, target.Rest[0]).Remove(target.Rest[1]), c.Cancel).ConfigureAwait(false);
            return 0;
        })
        { Count = (3, 3), Hints = [owner, Hint.Device, Hint.SetKey] };
        yield return new Command($"{prefix} device get", $"{what} <device> <key>", $"Get values of device configuration keys of {noun}s", async (c, a) =>
        {
            var target = find(c, a);
            var (thing, _) = await target.GetAsync(c.Cancel).ConfigureAwait(false);
            await c.Out.WriteLineAsync(Device(Target.Map(thing, "devices"), target.Rest[0])[target.Rest[1]]?.ToString() ?? "").ConfigureAwait(false);
            return 0;
        })
        { Count = (3, 3), Hints = [owner, Hint.Device, Hint.Key] };
        yield return new Command($"{prefix} device list", what, $"List {noun} devices", async (c, a) =>
        {
            var (thing, _) = await find(c, a).GetAsync(c.Cancel).ConfigureAwait(false);
            await c.Out.WriteAsync(string.Concat(Target.Map(thing, "devices").Select(d => d.Key).Order(StringComparer.Ordinal).Select(n => n + "\n"))).ConfigureAwait(false);
            return 0;
        })
        { Aliases = ["ls"], Count = (1, 1), Hints = [owner] };
        yield return new Command($"{prefix} device show", what, $"Show all {noun} devices", async (c, a) =>
        {
            var (thing, _) = await find(c, a).GetAsync(c.Cancel).ConfigureAwait(false);
            await c.Out.WriteAsync(Yaml.Format(EntityCommands.Sorted(Target.Map(thing, "devices")))).ConfigureAwait(false);
            return 0;
        })
        { Count = (1, 1), Hints = [owner, Hint.Device] };
    }

    /// <summary><c>config device override</c>: a profile's device becomes the instance's own.</summary>
    public static Command Override(string what, Func<Context, Arguments, Target> find) => new("config device override", $"{what} <device> [key=value...]", "Copy a profile's device into an instance and change it", async (c, a) =>
    {
        var target = find(c, a);
        var name = target.Rest[0];
        var values = target.Rest.Count > 1 ? Pairs.Read([.. target.Rest.Skip(1)]) : [];
        await target.ChangeAsync(thing =>
        {
            var devices = Target.Map(thing, "devices");
            if (devices.ContainsKey(name))
            {
                throw new ApiException(0, "The device already exists");
            }

            devices[name] = thing["expanded_devices"]?[name]?.DeepClone() ?? throw new ApiException(0, "The profile device doesn't exist");
            Pairs.Apply(Device(devices, name), values);
        }, c.Cancel).ConfigureAwait(false);
        await c.SayAsync($"Device {name} overridden for {Owner(target)}").ConfigureAwait(false);
        return 0;
    })
    { Count = (2, -1), Hints = [Hint.Instance, Hint.None, Hint.DeviceType, Hint.DeviceKey] };

    private static async Task<int> AddAsync(Context context, Target target)
    {
        var name = target.Rest[0];
        if (target.Rest[1].Contains('='))
        {
            throw new ApiException(0, $"The device type cannot be set as a key=value pair \"{target.Rest[1]}\"");
        }

        var device = new JsonObject { ["type"] = target.Rest[1] };
        foreach (var pair in target.Rest.Skip(2))
        {
            var equals = pair.IndexOf('=');
            device[equals >= 0 ? pair[..equals] : throw new ApiException(0, $"No value found in \"{pair}\"")] = pair[(equals + 1)..];
        }

        await target.ChangeDevicesAsync(devices => devices[name] = devices.ContainsKey(name) ? throw new ApiException(0, "The device already exists") : device, context.Cancel).ConfigureAwait(false);
        await context.SayAsync($"Device {name} added to {Owner(target)}").ConfigureAwait(false);
        return 0;
    }

    private static async Task<int> RemoveAsync(Context context, Target target)
    {
        await target.ChangeAsync(thing =>
        {
            var devices = Target.Map(thing, "devices");
            foreach (var name in target.Rest.Where(name => !devices.Remove(name)))
            {
                throw new ApiException(0, thing["expanded_devices"]?[name] is null ? "Device doesn't exist" : "Device from profile(s) cannot be removed from individual instance. Override device or modify profile instead");
            }
        }, context.Cancel).ConfigureAwait(false);
        await context.SayAsync($"Device {string.Join(", ", target.Rest)} removed from {Owner(target)}").ConfigureAwait(false);
        return 0;
    }

    private static JsonObject Device(JsonObject devices, string name) => devices[name] as JsonObject ?? throw new ApiException(0, "Device doesn't exist");

    private static string Owner(Target target) => Uri.UnescapeDataString(target.Url.Split('/')[^1]);
}
