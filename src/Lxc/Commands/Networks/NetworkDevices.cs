using System.Text.Json.Nodes;
using Lxc.Commands.Instances;
using Lxc.Commands.Shared;
using Lxc.Framework;
using Lxd.Core;
using Lxd.Core.Api;

namespace Lxc.Commands.Networks;

/// <summary><c>network attach</c>, <c>detach</c> and the same of profiles.</summary>
internal static class NetworkDevices
{
    public static IEnumerable<Command> Make() =>
    [
        new("network attach", "[<remote>:]<network> <instance> [<device name>] [<interface name>]", "Attach networks to instances", (c, a) => AttachAsync(c, a, InstanceCommands.PathOf, Shape.Instance)) { Count = (2, 4), Hints = [Hint.Network, Hint.Instance, Hint.None] },
        new("network attach-profile", "[<remote>:]<network> <profile> [<device name>] [<interface name>]", "Attach networks to profiles", (c, a) => AttachAsync(c, a, Profiles.ProfileCommands.Url, Shape.Profile)) { Count = (2, 4), Hints = [Hint.Network, Hint.Profile, Hint.None] },
        new("network detach", "[<remote>:]<network> <instance> [<device name>]", "Detach networks from instances", (c, a) => DetachAsync(c, a, InstanceCommands.PathOf, Shape.Instance)) { Count = (2, 3), Hints = [Hint.Network, Hint.Instance, Hint.None] },
        new("network detach-profile", "[<remote>:]<network> <profile> [<device name>]", "Detach networks from profiles", (c, a) => DetachAsync(c, a, Profiles.ProfileCommands.Url, Shape.Profile)) { Count = (2, 3), Hints = [Hint.Network, Hint.Profile, Hint.None] },
    ];

    private static async Task<int> AttachAsync(Context context, Arguments arguments, Func<string, string> url, Shape shape)
    {
        var (server, name) = context.Resolve(arguments.Rest[0]);
        var network = await server.GetAsync<Network>(NetworkCommands.Url(name), context.Cancel).ConfigureAwait(false);
        var device = arguments.Rest.ElementAtOrDefault(2) ?? name;
        var nic = InstanceRequest.Nic(network, arguments.At(3));
        await new Target(server, url(arguments.Rest[1]), shape, []).ChangeDevicesAsync(devices => devices[device] = devices.ContainsKey(device) ? throw new ApiException(0, $"Device already exists: {device}") : nic, context.Cancel).ConfigureAwait(false);
        return 0;
    }

    private static async Task<int> DetachAsync(Context context, Arguments arguments, Func<string, string> url, Shape shape)
    {
        var (server, network) = context.Resolve(arguments.Rest[0]);
        bool IsIt(JsonNode? device) => (string?)device?["type"] == "nic" && ((string?)device["network"] == network || (string?)device["parent"] == network);
        await new Target(server, url(arguments.Rest[1]), shape, []).ChangeDevicesAsync(devices =>
        {
            var name = arguments.At(2);
            if (name.Length == 0)
            {
                var found = devices.Where(d => IsIt(d.Value)).Select(d => d.Key).ToList();
                name = found.Count switch
                {
                    0 => throw new ApiException(0, "No device found for this network"),
                    1 => found[0],
                    _ => throw new ApiException(0, "More than one device matches, specify the device name"),
                };
            }

            if (!devices.ContainsKey(name))
            {
                throw new ApiException(0, "The specified device doesn't exist");
            }

            devices.Remove(IsIt(devices[name]) ? name : throw new ApiException(0, "The specified device doesn't match the network"));
        }, context.Cancel).ConfigureAwait(false);
        return 0;
    }
}
