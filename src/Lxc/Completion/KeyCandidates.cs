using System.Text.Json.Nodes;
using Lxc.Framework;
using Lxd.Client;
using Lxd.Core;

namespace Lxc.Completion;

/// <summary>The configuration keys an argument may name: those that the thing's server knows, or those that are set.</summary>
/// <param name="path">The command: it tells whose keys are meant.</param>
internal sealed class KeyCandidates(Context context, string path, IReadOnlyList<string> arguments, string current)
{
    /// <summary>Keys of the thing that the arguments before name.</summary>
    public async Task<IEnumerable<string>> OfThingAsync(string end)
    {
        if (path.Contains(" device ", StringComparison.Ordinal))
        {
            var (owner, own) = await DeviceAsync().ConfigureAwait(false);
            return own is null ? [] : await OfDeviceAsync(owner, own, end).ConfigureAwait(false);
        }

        // lxc config set core.https_address=... and further keys of the server.
        var (server, name) = path.StartsWith("config", StringComparison.Ordinal) && arguments[0].Contains('=') ? (context.Server(context.Config.Default), "") : context.Resolve(arguments[0]);
        var reference = await ReferenceAsync(server).ConfigureAwait(false);
        return KeyReference.Steps(await KeysAsync(server, name, reference).ConfigureAwait(false), current, end);
    }

    /// <summary>Keys of the default server.</summary>
    public async Task<IEnumerable<string>> OfServerAsync(string end) =>
        current.Contains(':') ? [] : KeyReference.Steps((await ReferenceAsync(context.Server(context.Config.Default)).ConfigureAwait(false)).Of("server").Where(KeyReference.IsForUsers), current, end);

    /// <summary>Keys that are set on the thing that the arguments before name; on the default server where they name none.</summary>
    public async Task<IEnumerable<string>> SetAsync()
    {
        if (path.Contains(" device ", StringComparison.Ordinal))
        {
            var (_, device) = await DeviceAsync().ConfigureAwait(false);
            return (device ?? []).Select(k => k.Key).Where(k => k != "type");
        }

        var (server, name) = arguments.Count == 0 ? (context.Server(context.Config.Default), "") : context.Resolve(arguments[0]);
        return (await server.GetAsync(Url(name), context.Cancel).ConfigureAwait(false))?["config"] is JsonObject config ? config.Select(c => c.Key).Where(KeyReference.IsForUsers) : [];
    }

    /// <summary>Keys of a device that is being added, whose type and first keys are told before.</summary>
    public Task<IEnumerable<string>> OfNewDeviceAsync()
    {
        var device = new JsonObject { ["type"] = arguments[2] };
        foreach (var pair in arguments.Skip(3).Select(a => a.Split('=', 2)).Where(p => p.Length == 2))
        {
            device[pair[0]] = pair[1];
        }

        return OfDeviceAsync(context.Resolve(arguments[0]).Server, device, "=");
    }

    private async Task<IEnumerable<string>> OfDeviceAsync(LxdConnection server, JsonObject device, string end)
    {
        if (current.IndexOf('=') is var equals and > 0)
        {
            return (await ValuesAsync(server, device["type"]!.ToString(), current[..equals]).ConfigureAwait(false)).Select(v => current[..(equals + 1)] + v);
        }

        var reference = await ReferenceAsync(server).ConfigureAwait(false);
        var (kind, needed) = (device["type"]!.ToString(), Array.Empty<string>());
        switch (kind)
        {
            case "usb":
                kind = "unix-usb";
                break;
            case "gpu" when device["gputype"] is null:
                needed = ["gputype"];
                break;
            case "nic" when device["nictype"] is null && device["network"] is null:
                needed = ["network", "nictype"];
                break;
            case "gpu":
                kind = $"gpu-{device["gputype"]}";
                break;
            case "nic":
                kind = $"nic-{device["nictype"]?.ToString() ?? await NicTypeAsync(server, device["network"]!.ToString()).ConfigureAwait(false)}";
                break;
        }

        // What a key means may hang on another one: that one comes first.
        return KeyReference.Steps(needed.Length > 0 ? needed : reference.Of("device-" + kind).Where(k => end.Length == 0 || !device.ContainsKey(k)), current, end);
    }

    private async Task<IEnumerable<string>> ValuesAsync(LxdConnection server, string type, string key) => key switch
    {
        "nictype" or "gputype" => (await ReferenceAsync(server).ConfigureAwait(false)).Variants(type),
        "network" => await LastWordsAsync(server, "/1.0/networks").ConfigureAwait(false),
        "pool" => await LastWordsAsync(server, "/1.0/storage-pools").ConfigureAwait(false),
        _ => [],
    };

    private async Task<IEnumerable<string>> LastWordsAsync(LxdConnection server, string url) => (await server.GetAsync<List<string>>(url, context.Cancel).ConfigureAwait(false)).Select(Candidates.LastWord);

    private async Task<string> NicTypeAsync(LxdConnection server, string network) =>
        (await server.GetAsync($"/1.0/networks/{Uri.EscapeDataString(network)}", context.Cancel).ConfigureAwait(false))?["type"]?.ToString() is { } type && type != "bridge" ? type : "bridged";

    /// <summary>The device that the second argument names; null where there is none.</summary>
    private async Task<(LxdConnection Server, JsonObject? Device)> DeviceAsync()
    {
        var (server, name) = context.Resolve(arguments[0]);
        return (server, (await server.GetAsync(Url(name), context.Cancel).ConfigureAwait(false))?["devices"]?[arguments[1]] as JsonObject);
    }

    private string Url(string name) => (path.Split(' '), name.Length) switch
    {
        (["config", ..], 0) => "/1.0",
        (["config", ..], _) => $"/1.0/instances/{Uri.EscapeDataString(name)}",
        (["profile", ..], _) => $"/1.0/profiles/{Uri.EscapeDataString(name)}",
        (["project", ..], _) => $"/1.0/projects/{Uri.EscapeDataString(name)}",
        (["network", _], _) => $"/1.0/networks/{Uri.EscapeDataString(name)}",
        (["storage", "volume", ..], _) => $"/1.0/storage-pools/{Uri.EscapeDataString(name)}/volumes/{(arguments[1].Contains('/') ? "" : "custom/")}{arguments[1]}",
        (["storage", ..], _) => $"/1.0/storage-pools/{Uri.EscapeDataString(name)}",
        _ => throw new ApiException(0, "These are not completed"),
    };

    private async Task<IEnumerable<string>> KeysAsync(LxdConnection server, string name, KeyReference reference) => path.Split(' ') switch
    {
        ["config", ..] when name.Length == 0 => reference.Of("server").Where(KeyReference.IsForUsers),
        ["config", ..] => reference.OfInstance(await FieldAsync(server, Url(name), "type").ConfigureAwait(false)),
        ["profile", ..] => reference.OfInstance(""),
        ["project", ..] => reference.Of("project"),
        ["network", _] => reference.Of("network-" + await FieldAsync(server, Url(name), "type").ConfigureAwait(false)),
        ["storage", "volume", ..] => reference.Of("storage-" + await FieldAsync(server, $"/1.0/storage-pools/{Uri.EscapeDataString(name)}", "driver").ConfigureAwait(false), "volume-conf"),
        ["storage", ..] => reference.Of("storage-" + await FieldAsync(server, Url(name), "driver").ConfigureAwait(false), "pool-conf"),
        _ => [],
    };

    private async Task<string> FieldAsync(LxdConnection server, string url, string field) => (await server.GetAsync(url, context.Cancel).ConfigureAwait(false))?[field]?.ToString() ?? "";

    private async Task<KeyReference> ReferenceAsync(LxdConnection server) =>
        new((await server.GetAsync("/1.0/metadata/configuration", context.Cancel).ConfigureAwait(false))?["configs"] as JsonObject ?? []);
}
