using System.Text.Json.Nodes;
using Lxc.Framework;
using Lxd.Client;
using Lxd.Core;
using Lxd.Core.Api;

namespace Lxc.Commands;

/// <summary>New instances: <c>init</c>, <c>launch</c>, <c>rebuild</c>.</summary>
internal static class CreateCommands
{
    private static readonly Flag[] Flags =
    [
        new("--config", "-c", "key=value", "Set a configuration key"),
        new("--device", "-d", "name,key=value", "Set a key of a device"),
        new("--ephemeral", "-e", Help: "Delete the instance when it stops"),
        new("--network", "-n", "name", "Attach this network"),
        new("--no-profiles", Help: "Use no profiles"),
        new("--profile", "-p", "name", "Use this profile, may be repeated"),
        new("--storage", "-s", "pool", "Keep the instance in this pool"),
        new("--target", Value: "member", Help: "Create it on this cluster member"),
        new("--target-project", Value: "project", Help: "Create it in this project"),
        new("--type", "-t", "type", "Size of the instance: aws:t2.micro, c2-m4"),
        new("--vm", Help: "Create a virtual machine"),
        new("--empty", Help: "Create an empty instance"),
        new("--console", Value: "type", Help: "Attach to the console at once"),
    ];

    public static IEnumerable<Command> All() =>
    [
        new("init", "[[<remote>:]<image>] [<remote>:][<name>]", "Create instances from images", async (c, a) =>
        {
            await CreateAsync(c, a, false).ConfigureAwait(false);
            return 0;
        })
        { Flags = Flags, Aliases = ["create"], Count = (0, 2) },
        new("launch", "[<remote>:]<image> [<remote>:][<name>]", "Create and start instances from images", LaunchAsync) { Flags = Flags, Count = (1, 2) },
        new("rebuild", "[<remote>:]<image>|--empty [<remote>:]<instance>", "Put a new image in place of an instance's root disk", RebuildAsync) { Flags = [new("--empty", Help: "Leave it empty"), new("--force", "-f", Help: "Stop it first")], Count = (1, 2) },
    ];

    private static async Task<int> LaunchAsync(Context context, Arguments arguments)
    {
        var (server, name) = await CreateAsync(context, arguments, true).ConfigureAwait(false);
        await context.Out.WriteLineAsync($"Starting {name}").ConfigureAwait(false);
        try
        {
            await server.RunAsync("PUT", $"/1.0/instances/{Uri.EscapeDataString(name)}/state", new JsonObject { ["action"] = "start", ["timeout"] = -1 }, context.Progress.Of("Starting instance"), context.Cancel).ConfigureAwait(false);
        }
        catch (ApiException e)
        {
            throw new ApiException(e.Status, $"{e.Message}\nTry `lxc info --show-log {name}` for more info", e);
        }

        return 0;
    }

    private static async Task<(LxdConnection Server, string Name)> CreateAsync(Context context, Arguments arguments, bool launch)
    {
        var empty = arguments.Has("--empty");
        var imageText = empty ? "" : arguments.Rest.Count > 0 ? arguments.Rest[0] : throw new UsageException("Missing image");
        var targetText = empty ? arguments.Rest.ElementAtOrDefault(0) ?? "" : arguments.Rest.ElementAtOrDefault(1) ?? "";
        var (remote, name) = context.Config.Split(targetText);
        if (targetText.Length == 0 && !empty && context.Config.Split(imageText).Remote is var imageRemote && context.Config.Get(imageRemote) is { Protocol: "lxd", Public: false })
        {
            remote = imageRemote;
        }

        var server = context.Server(remote);
        var body = Read(arguments);
        body["name"] = name;
        await AddProfilesAsync(server, body, arguments, context).ConfigureAwait(false);
        body["source"] = empty ? new JsonObject { ["type"] = "none" } : await ImageSources.ForInstanceAsync(context, imageText, remote, arguments.Has("--vm"), body, context.Cancel).ConfigureAwait(false);
        if (name.Length > 0 && !context.Quiet)
        {
            await context.Out.WriteLineAsync($"Creating {name}").ConfigureAwait(false);
        }
        else if (!context.Quiet)
        {
            await context.Out.WriteLineAsync(launch ? "Creating the instance" : "Creating the instance").ConfigureAwait(false);
        }

        var progress = context.Progress;
        var project = arguments.Get("--target-project") is { Length: > 0 } p ? "?project=" + Uri.EscapeDataString(p) : "";
        var operation = await server.RunAsync("POST", "/1.0/instances" + project, body, progress.Of("Retrieving image"), context.Cancel).ConfigureAwait(false);
        progress.Done();
        if (name.Length == 0)
        {
            var url = operation.Resources.GetValueOrDefault("instances")?.FirstOrDefault() ?? throw new ApiException(0, "Failed to get instance name");
            name = Uri.UnescapeDataString(url.Split('?')[0].Split('/')[^1]);
            await context.Out.WriteLineAsync($"Instance name is: {name}").ConfigureAwait(false);
        }

        return (server, name);
    }

    private static JsonObject Read(Arguments arguments)
    {
        var stdin = Console.IsInputRedirected ? Terminal.Input.ReadPiped() : "";
        var body = stdin.Trim().Length > 0 ? Yaml.Parse(stdin) as JsonObject ?? [] : [];
        var config = body["config"] as JsonObject ?? [];
        foreach (var (key, value) in arguments.Map("--config"))
        {
            config[key] = value;
        }

        var devices = body["devices"] as JsonObject ?? [];
        foreach (var text in arguments.All("--device"))
        {
            var parts = text.Split(',', 2);
            if (parts.Length < 2 || parts[1].Split('=', 2) is not [var key, var value])
            {
                throw new ApiException(0, $"Bad device override syntax, expecting <device>,<key>=<value>: {text}");
            }

            var device = devices[parts[0]] as JsonObject ?? [];
            device[key] = value;
            devices[parts[0]] = device;
        }

        body["config"] = config.DeepClone();
        body["devices"] = devices.DeepClone();
        body["ephemeral"] = arguments.Has("--ephemeral");
        body["instance_type"] = arguments.Get("--type");
        body["type"] = arguments.Has("--vm") ? "virtual-machine" : "container";
        return body;
    }

    private static async Task AddProfilesAsync(LxdConnection server, JsonObject body, Arguments arguments, Context context)
    {
        var profiles = arguments.All("--profile");
        if (arguments.Has("--no-profiles"))
        {
            body["profiles"] = new JsonArray();
        }
        else if (profiles.Count > 0)
        {
            body["profiles"] = new JsonArray([.. profiles.Select(p => (JsonNode)JsonValue.Create(p))]);
        }

        var devices = (JsonObject)body["devices"]!;
        if (arguments.Get("--network") is { Length: > 0 } network)
        {
            var found = await server.GetAsync<Network>($"/1.0/networks/{Uri.EscapeDataString(network)}", context.Cancel).ConfigureAwait(false);
            devices["eth0"] = found.Managed
                ? new JsonObject { ["type"] = "nic", ["name"] = "eth0", ["network"] = network }
                : new JsonObject { ["type"] = "nic", ["name"] = "eth0", ["nictype"] = found.Type == "bridge" ? "bridged" : "macvlan", ["parent"] = network };
        }

        if (arguments.Get("--storage") is { Length: > 0 } pool)
        {
            await server.GetAsync($"/1.0/storage-pools/{Uri.EscapeDataString(pool)}", context.Cancel).ConfigureAwait(false);
            var root = devices["root"] as JsonObject ?? [];
            root["type"] = "disk";
            root["path"] = "/";
            root["pool"] = pool;
            devices["root"] = root;
        }

        await CompleteDevicesAsync(server, body, context).ConfigureAwait(false);
    }

    /// <summary>A device of which only some keys were given takes the others from the profiles, the last one that has it.</summary>
    private static async Task CompleteDevicesAsync(LxdConnection server, JsonObject body, Context context)
    {
        var devices = (JsonObject)body["devices"]!;
        var incomplete = devices.Where(d => d.Value is JsonObject device && device["type"] is null).Select(d => d.Key).ToList();
        var names = body["profiles"] is JsonArray given ? given.Select(n => (string)n!).ToList() : ["default"];
        names.Reverse();
        foreach (var profile in incomplete.Count == 0 ? [] : names)
        {
            var found = await server.GetAsync<Profile>($"/1.0/profiles/{Uri.EscapeDataString(profile)}", context.Cancel).ConfigureAwait(false);
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

    private static async Task<int> RebuildAsync(Context context, Arguments arguments)
    {
        var empty = arguments.Has("--empty");
        var text = arguments.Rest[empty ? 0 : Math.Min(1, arguments.Rest.Count - 1)];
        var (remote, name) = context.Config.Split(text);
        var server = context.Server(remote);
        if (arguments.Has("--force"))
        {
            var state = await server.GetAsync<InstanceState>($"/1.0/instances/{Uri.EscapeDataString(name)}/state", context.Cancel).ConfigureAwait(false);
            if (state.StatusCode == 103)
            {
                await server.RunAsync("PUT", $"/1.0/instances/{Uri.EscapeDataString(name)}/state", new JsonObject { ["action"] = "stop", ["force"] = true }, null, context.Cancel).ConfigureAwait(false);
            }
        }

        var source = empty ? new JsonObject { ["type"] = "none" } : await ImageSources.ForInstanceAsync(context, arguments.Rest[0], remote, false, [], context.Cancel).ConfigureAwait(false);
        await server.RunAsync("POST", $"/1.0/instances/{Uri.EscapeDataString(name)}/rebuild", new JsonObject { ["source"] = source }, context.Progress.Of("Rebuild instance"), context.Cancel).ConfigureAwait(false);
        return 0;
    }
}
