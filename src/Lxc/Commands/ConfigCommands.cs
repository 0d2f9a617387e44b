using System.Text.Json.Nodes;
using Lxc.Framework;
using Lxc.Output;
using Lxc.Terminal;
using Lxd.Core;
using Lxd.Core.Api;

namespace Lxc.Commands;

/// <summary><c>config</c>: of the server, of instances, and who is trusted.</summary>
internal static class ConfigCommands
{
    private const string What = "[<remote>:][<instance>[/<snapshot>]]";

    public static IEnumerable<Command> All() =>
    [
        .. EntityCommands.Make("config", What, Find, ["architecture", "config", "devices", "ephemeral", "profiles", "stateful", "description"]),
        .. DeviceCommands.Make("config", "[<remote>:]<instance>", FindInstance),
        .. TrustCommands.All(),
        new("config metadata show", "[<remote>:]<instance>", "Show instance metadata files", MetadataShowAsync) { Count = (1, 1) },
        new("config metadata edit", "[<remote>:]<instance>", "Edit instance metadata files", MetadataEditAsync) { Count = (1, 1) },
        new("config template list", "[<remote>:]<instance>", "List instance file templates", TemplateListAsync) { Flags = [new("--format", "-f", "format", "table, compact, csv, json or yaml")], Count = (1, 1) },
        new("config template show", "[<remote>:]<instance> <template>", "Show content of instance file templates", TemplateShowAsync) { Count = (2, 2) },
        new("config template delete", "[<remote>:]<instance> <template>", "Delete instance file templates", TemplateDeleteAsync) { Count = (2, 2), Aliases = ["rm"] },
        new("config template create", "[<remote>:]<instance> <template>", "Create instance file templates", TemplateCreateAsync) { Count = (2, 2) },
        new("config template edit", "[<remote>:]<instance> <template>", "Edit instance file templates", TemplateEditAsync) { Count = (2, 2) },
    ];

    /// <summary>The server where no instance is named: <c>config get KEY</c>, <c>config set KEY=VALUE</c>, <c>config show REMOTE:</c>.</summary>
    private static EntityCommands.Target Find(Context context, List<string> words)
    {
        var first = words.FirstOrDefault("");
        if (first.Length == 0)
        {
            return new(context.Server(context.Config.Default), "/1.0", []);
        }

        var looksLikeKey = first.Contains('=') || first.Contains('.') && !first.Contains(':') || words.Count == 1 && first.Contains('.');
        if (looksLikeKey && !first.EndsWith(':'))
        {
            return new(context.Server(context.Config.Default), "/1.0", words);
        }

        var (server, name) = context.Resolve(first);
        return new(server, name.Length == 0 ? "/1.0" : InstanceCommands.PathOf(name), [.. words.Skip(1)]);
    }

    private static EntityCommands.Target FindInstance(Context context, List<string> words)
    {
        var (server, name) = context.Resolve(words[0]);
        return new(server, InstanceCommands.PathOf(name), [.. words.Skip(1)]);
    }

    private static async Task<int> MetadataShowAsync(Context context, Arguments arguments)
    {
        var target = FindInstance(context, arguments.Rest);
        await context.Out.WriteAsync(Yaml.Format(await target.Server.GetAsync(target.Url + "/metadata", context.Cancel).ConfigureAwait(false))).ConfigureAwait(false);
        return 0;
    }

    private static async Task<int> MetadataEditAsync(Context context, Arguments arguments)
    {
        var target = FindInstance(context, arguments.Rest);
        var now = await target.Server.GetAsync(target.Url + "/metadata", context.Cancel).ConfigureAwait(false);
        await Editor.EditAsync(Yaml.Format(now), async text => await target.Server.SendAsync("PUT", target.Url + "/metadata", Json.Node(Yaml.To<ImageMetadata>(text)), context.Cancel).ConfigureAwait(false), context.Cancel).ConfigureAwait(false);
        return 0;
    }

    private static async Task<int> TemplateListAsync(Context context, Arguments arguments)
    {
        var target = FindInstance(context, arguments.Rest);
        var names = await target.Server.GetAsync<List<string>>(target.Url + "/metadata/templates", context.Cancel).ConfigureAwait(false);
        await context.Out.WriteAsync(Table.Render(arguments.Get("--format", "table"), ["FILENAME"], names.Select(n => (IReadOnlyList<string>)[n]), Json.Node(names))).ConfigureAwait(false);
        return 0;
    }

    private static async Task<int> TemplateShowAsync(Context context, Arguments arguments)
    {
        var target = FindInstance(context, arguments.Rest);
        using var response = await target.Server.RawAsync("GET", TemplateUrl(target), null, context.Cancel).ConfigureAwait(false);
        await context.Out.WriteAsync(await response.Content.ReadAsStringAsync(context.Cancel).ConfigureAwait(false)).ConfigureAwait(false);
        return 0;
    }

    private static async Task<int> TemplateDeleteAsync(Context context, Arguments arguments)
    {
        var target = FindInstance(context, arguments.Rest);
        await target.Server.SendAsync("DELETE", TemplateUrl(target), (JsonNode?)null, context.Cancel).ConfigureAwait(false);
        return 0;
    }

    private static async Task<int> TemplateCreateAsync(Context context, Arguments arguments)
    {
        var target = FindInstance(context, arguments.Rest);
        using var content = new StringContent(Input.ReadPiped());
        await target.Server.SendAsync("POST", TemplateUrl(target), content, context.Cancel).ConfigureAwait(false);
        return 0;
    }

    private static async Task<int> TemplateEditAsync(Context context, Arguments arguments)
    {
        var target = FindInstance(context, arguments.Rest);
        using var response = await target.Server.RawAsync("GET", TemplateUrl(target), null, context.Cancel).ConfigureAwait(false);
        await Editor.EditAsync(await response.Content.ReadAsStringAsync(context.Cancel).ConfigureAwait(false), async text =>
        {
            using var content = new StringContent(text);
            await target.Server.SendAsync("POST", TemplateUrl(target), content, context.Cancel).ConfigureAwait(false);
        }, context.Cancel).ConfigureAwait(false);
        return 0;
    }

    private static string TemplateUrl(EntityCommands.Target target) => $"{target.Url}/metadata/templates?path={Uri.EscapeDataString(target.Rest[0])}";
}
