using System.Text.Json.Nodes;
using Lxc.Commands.Instances;
using Lxc.Commands.Shared;
using Lxc.Framework;
using Lxd.Core;

namespace Lxc.Commands.Storage;

/// <summary><c>storage volume attach</c>, <c>detach</c> and the same of profiles.</summary>
internal static class VolumeDevices
{
    private const string Volume = "[<remote>:]<pool> [<type>/]<volume>[/<snapshot>]";

    public static IEnumerable<Command> Make() =>
    [
        new("storage volume attach", $"{Volume} <instance> [<device name>] [<path>]", "Attach storage volumes to instances", (c, a) => AttachAsync(c, a, InstanceCommands.PathOf, Shape.Instance)) { Count = (3, 5), Hints = [Hint.Pool, Hint.Volume, Hint.Instance, Hint.None] },
        new("storage volume attach-profile", $"{Volume} <profile> [<device name>] [<path>]", "Attach storage volumes to profiles", (c, a) => AttachAsync(c, a, Profiles.ProfileCommands.Url, Shape.Profile)) { Count = (3, 5), Hints = [Hint.Pool, Hint.Volume, Hint.Profile, Hint.None] },
        new("storage volume detach", $"{Volume} <instance> [<device name>]", "Detach storage volumes from instances", (c, a) => DetachAsync(c, a, InstanceCommands.PathOf, Shape.Instance)) { Count = (3, 4), Hints = [Hint.Pool, Hint.Volume, Hint.Instance, Hint.None] },
        new("storage volume detach-profile", $"{Volume} <profile> [<device name>]", "Detach storage volumes from profiles", (c, a) => DetachAsync(c, a, Profiles.ProfileCommands.Url, Shape.Profile)) { Count = (3, 4), Hints = [Hint.Pool, Hint.Volume, Hint.Profile, Hint.None] },
    ];

    private static async Task<int> AttachAsync(Context context, Arguments arguments, Func<string, string> url, Shape shape)
    {
        var (server, pool) = context.Resolve(arguments.Rest[0]);
        var volume = VolumeName.Parse(arguments.Rest[1]);
        var device = Device(pool, volume);
        var (name, path) = arguments.Rest.Count switch { 3 => (volume.Volume, ""), 4 => (volume.Volume, arguments.Rest[3]), _ => (arguments.Rest[3], arguments.Rest[4]) };
        if (path.Length > 0)
        {
            device["path"] = path.StartsWith("path=", StringComparison.Ordinal) ? path["path=".Length..] : path;
        }

        await new Target(server, url(arguments.Rest[2]), shape, []).ChangeDevicesAsync(devices => devices[name] = devices.ContainsKey(name) ? throw new ApiException(0, $"Device already exists: {name}") : device, context.Cancel).ConfigureAwait(false);
        return 0;
    }

    private static JsonObject Device(string pool, VolumeName volume)
    {
        var device = new JsonObject { ["type"] = "disk", ["pool"] = pool, ["source"] = volume.Volume };
        if (volume.Type != "custom")
        {
            device["source.type"] = volume.Type;
        }

        if (volume.Snapshot.Length > 0)
        {
            device["source.snapshot"] = volume.Snapshot;
        }

        return device;
    }

    private static async Task<int> DetachAsync(Context context, Arguments arguments, Func<string, string> url, Shape shape)
    {
        var (server, pool) = context.Resolve(arguments.Rest[0]);
        var volume = VolumeName.Parse(arguments.Rest[1]);
        bool IsIt(JsonNode? device) => (string?)device?["type"] == "disk" && (string?)device["pool"] == pool && (string?)device["source"] == volume.Volume && ((string?)device["source.snapshot"] ?? "") == volume.Snapshot;
        await new Target(server, url(arguments.Rest[2]), shape, []).ChangeDevicesAsync(devices =>
        {
            var name = arguments.At(3);
            if (name.Length == 0)
            {
                var found = devices.Where(d => IsIt(d.Value)).Select(d => d.Key).ToList();
                name = found.Count switch
                {
                    0 => throw new ApiException(0, "No device found for this storage volume"),
                    1 => found[0],
                    _ => throw new ApiException(0, "More than one device matches, specify the device name"),
                };
            }
            else if (!devices.ContainsKey(name))
            {
                throw new ApiException(0, "The specified device doesn't exist");
            }
            else if (!IsIt(devices[name]))
            {
                throw new ApiException(0, "The specified device doesn't match the storage volume");
            }

            devices.Remove(name);
        }, context.Cancel).ConfigureAwait(false);
        return 0;
    }
}
