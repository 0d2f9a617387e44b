using System.Text.Json.Nodes;
using Lxc.Commands.Shared;
using Lxc.Framework;
using Lxd.Client.Migration;
using Lxd.Core;

namespace Lxc.Commands.Instances;

/// <summary>One instance, or snapshot, copied to a name on the same or another server.</summary>
internal sealed class InstanceCopier(Context context, Arguments arguments, string remote, string name, string targetRemote, string targetName)
{
    /// <summary>Whether the copy is ephemeral; as the original is where null.</summary>
    public bool? Ephemeral { get; init; }

    /// <summary>Whether the original goes afterwards: then the copy keeps what makes an instance the same one.</summary>
    public bool Moving { get; init; }

    /// <summary>Whether it goes on running there (virtual machines).</summary>
    public bool Live { get; init; }

    /// <summary>Where the copy is made: <c>?project=NAME&amp;target=MEMBER</c>, or empty.</summary>
    public string Query => Remoting.Query(("project", arguments.Get("--target-project")), ("target", arguments.Get("--target")));

    private bool InstanceOnly => arguments.Has("--instance-only") || arguments.Has("--container-only");

    public async Task RunAsync()
    {
        var source = context.Server(remote);
        var original = (JsonObject)(await source.GetAsync(InstanceCommands.PathOf(name), context.Cancel).ConfigureAwait(false))!;
        var body = Body(original, remote != targetRemote);
        var progress = context.Progress;
        if (remote == targetRemote)
        {
            body["source"] = new JsonObject
            {
                ["type"] = "copy", ["source"] = name, ["instance_only"] = InstanceOnly, ["container_only"] = InstanceOnly, ["refresh"] = arguments.Has("--refresh"), ["live"] = Live,
                ["allow_inconsistent"] = arguments.Has("--allow-inconsistent"), ["project"] = source.Project.Length > 0 ? source.Project : "default", ["override_snapshot_profiles"] = HasProfiles,
            };
            await source.RunAsync("POST", "/1.0/instances" + Query, body, progress.Of("Transferring instance"), context.Cancel).ConfigureAwait(false);
        }
        else
        {
            body["source"] = new JsonObject
            {
                ["base-image"] = (string?)original["config"]?["volatile.base_image"] ?? "", ["instance_only"] = InstanceOnly, ["container_only"] = InstanceOnly, ["refresh"] = arguments.Has("--refresh"), ["live"] = Live,
                ["allow_inconsistent"] = arguments.Has("--allow-inconsistent"), ["override_snapshot_profiles"] = HasProfiles,
            };
            var request = new JsonObject { ["name"] = Names.SplitSnapshot(name).Snapshot ?? "", ["live"] = Live, ["instance_only"] = InstanceOnly, ["container_only"] = InstanceOnly, ["allow_inconsistent"] = arguments.Has("--allow-inconsistent") };
            var transfer = new Transfer(source, InstanceCommands.PathOf(name), request, context.Server(targetRemote), "/1.0/instances" + Query, body);
            await transfer.RunAsync(arguments.Get("--mode", "pull"), progress.Of("Transferring instance"), context.Cancel).ConfigureAwait(false);
        }

        progress.Done();
    }

    private bool HasProfiles => arguments.Has("--no-profiles") || arguments.Given("--profile");

    private JsonObject Body(JsonObject original, bool remoteCopy)
    {
        var config = (JsonObject?)original["config"]?.DeepClone() ?? [];
        foreach (var key in config.Select(p => p.Key).Where(k => !Survives(k, remoteCopy)).ToList())
        {
            config.Remove(key);
        }

        foreach (var (key, value) in arguments.Map("--config"))
        {
            config[key] = value;
        }

        var inherited = original["expanded_devices"] as JsonObject ?? [];
        var devices = (JsonObject?)original["devices"]?.DeepClone() ?? [];
        if (arguments.Get("--storage") is { Length: > 0 } pool)
        {
            SetPool(devices, inherited, pool);
        }

        InstanceRequest.Override(devices, arguments.All("--device"), inherited);
        return new JsonObject
        {
            ["name"] = targetName,
            ["architecture"] = original["architecture"]?.DeepClone(),
            ["config"] = config,
            ["devices"] = devices,
            ["description"] = original["description"]?.DeepClone(),
            ["ephemeral"] = Ephemeral ?? (bool?)original["ephemeral"] ?? false,
            ["stateful"] = original["stateful"]?.DeepClone() ?? false,
            ["type"] = original["type"]?.DeepClone() ?? "container",
            ["profiles"] = Profiles(original),
        };
    }

    private JsonNode? Profiles(JsonObject original) => arguments.Has("--no-profiles") ? new JsonArray() : arguments.Given("--profile") ? InstanceRequest.List(arguments.All("--profile")) : original["profiles"]?.DeepClone();

    /// <summary>What the server notes about an instance is not the copy's, unless the copy takes its place; one that is brought up to date is the same thing again.</summary>
    private bool Survives(string key, bool remoteCopy) =>
        !key.StartsWith("volatile.", StringComparison.Ordinal) || key == "volatile.base_image" || key == "volatile.last_state.idmap" && !remoteCopy || Moving && (key.EndsWith(".hwaddr", StringComparison.Ordinal) || key == "volatile.uuid" || key == "volatile.uuid.generation" && !remoteCopy)
        || key == "volatile.uuid" && arguments.Has("--refresh");

    /// <summary>The root disk in another pool; a profile's becomes the instance's own.</summary>
    public static void SetPool(JsonObject devices, JsonObject inherited, string pool)
    {
        static bool IsRoot(KeyValuePair<string, JsonNode?> device) => (string?)device.Value?["type"] == "disk" && (string?)device.Value["path"] == "/" && string.IsNullOrEmpty((string?)device.Value["source"]);
        var own = devices.FirstOrDefault(IsRoot).Key;
        var given = own ?? inherited.FirstOrDefault(IsRoot).Key;
        if (own is null)
        {
            devices[given ?? "root"] = given is null ? new JsonObject { ["type"] = "disk", ["path"] = "/" } : inherited[given]!.DeepClone();
        }

        ((JsonObject)devices[own ?? given ?? "root"]!)["pool"] = pool;
    }
}
