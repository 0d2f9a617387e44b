using System.Text.Json.Nodes;
using Lxc.Framework;
using Lxc.Output;
using Lxc.Terminal;
using Lxd.Core;
using Lxd.Core.Api;

namespace Lxc.Commands;

/// <summary><c>profile</c>.</summary>
internal static class ProfileCommands
{
    public static IEnumerable<Command> All() =>
    [
        .. EntityCommands.Make("profile", "[<remote>:]<profile>", Find, ["config", "description", "devices"]),
        .. DeviceCommands.Make("profile", "[<remote>:]<profile>", Find),
        new("profile list", "[<remote>:]", "List profiles", ListAsync) { Aliases = ["ls"], Flags = [new("--format", "-f", "format", "table, compact, csv, json or yaml"), new("--all-projects", Help: "Of all projects"), new("--columns", "-c", "letters", "Columns")], Count = (0, 1) },
        new("profile create", "[<remote>:]<profile>", "Create profiles", CreateAsync) { Flags = [new("--description", Value: "text", Help: "Description")], Count = (1, 1) },
        new("profile delete", "[<remote>:]<profile>", "Delete profiles", DeleteAsync) { Aliases = ["rm"], Count = (1, 1) },
        new("profile rename", "[<remote>:]<profile> <new-name>", "Rename profiles", RenameAsync) { Aliases = ["mv"], Count = (2, 2) },
        new("profile copy", "[<remote>:]<profile> [<remote>:]<profile>", "Copy profiles", CopyAsync) { Aliases = ["cp"], Flags = [new("--refresh", Help: "Bring an existing one up to date"), new("--target-project", Value: "project", Help: "Into this project")], Count = (2, 2) },
        new("profile add", "[<remote>:]<instance> <profile>", "Add profiles to instances", (c, a) => ChangeAsync(c, a, "added to", (l, p) => l.Contains(p) ? l : [.. l, p])) { Count = (2, 2) },
        new("profile remove", "[<remote>:]<instance> <profile>", "Remove profiles from instances", (c, a) => ChangeAsync(c, a, "removed from", (l, p) => l.Contains(p) ? [.. l.Where(x => x != p)] : throw new ApiException(0, $"Profile {p} isn't currently applied to {a.Rest[0]}"))) { Count = (2, 2) },
        new("profile assign", "[<remote>:]<instance> <profiles>", "Assign sets of profiles to instances", (c, a) => ChangeAsync(c, a, "applied to", (_, p) => [.. p.Split(',', StringSplitOptions.RemoveEmptyEntries)])) { Aliases = ["apply"], Count = (2, 2) },
    ];

    private static EntityCommands.Target Find(Context context, List<string> words)
    {
        var (server, name) = context.Resolve(words.Count > 0 ? words[0] : throw new UsageException("Missing profile name"));
        return new(server, Url(name), [.. words.Skip(1)]);
    }

    private static string Url(string name) => name.Length > 0 ? $"/1.0/profiles/{Uri.EscapeDataString(name)}" : throw new ApiException(0, "Missing profile name");

    private static async Task<int> ListAsync(Context context, Arguments arguments)
    {
        var (server, _) = context.Resolve(arguments.Rest.FirstOrDefault(""));
        var all = await server.GetAsync<List<Profile>>("/1.0/profiles?recursion=1" + (arguments.Has("--all-projects") ? "&all-projects=true" : ""), context.Cancel).ConfigureAwait(false);
        var projects = arguments.Has("--all-projects");
        await context.Out.WriteAsync(Table.Render(arguments.Get("--format", "table"), [.. projects ? (string[])["PROJECT"] : [], "NAME", "DESCRIPTION", "USED BY"],
            all.OrderBy(p => p.Project + "/" + p.Name, StringComparer.Ordinal).Select(p => (IReadOnlyList<string>)[.. projects ? (string[])[p.Project] : [], p.Name, p.Description, $"{p.UsedBy.Count}"]), Json.Node(all))).ConfigureAwait(false);
        return 0;
    }

    private static async Task<int> CreateAsync(Context context, Arguments arguments)
    {
        var (server, name) = context.Resolve(arguments.Rest[0]);
        var body = Yaml.Parse(Input.ReadPiped()) as JsonObject ?? [];
        body["name"] = name;
        if (arguments.Get("--description") is { Length: > 0 } description)
        {
            body["description"] = description;
        }

        await server.SendAsync("POST", "/1.0/profiles", body, context.Cancel).ConfigureAwait(false);
        await Say(context, $"Profile {name} created").ConfigureAwait(false);
        return 0;
    }

    private static async Task<int> DeleteAsync(Context context, Arguments arguments)
    {
        var (server, name) = context.Resolve(arguments.Rest[0]);
        await server.SendAsync("DELETE", Url(name), (JsonNode?)null, context.Cancel).ConfigureAwait(false);
        await Say(context, $"Profile {name} deleted").ConfigureAwait(false);
        return 0;
    }

    private static async Task<int> RenameAsync(Context context, Arguments arguments)
    {
        var (server, name) = context.Resolve(arguments.Rest[0]);
        await server.SendAsync("POST", Url(name), new JsonObject { ["name"] = arguments.Rest[1] }, context.Cancel).ConfigureAwait(false);
        await Say(context, $"Profile {name} renamed to {arguments.Rest[1]}").ConfigureAwait(false);
        return 0;
    }

    private static async Task<int> CopyAsync(Context context, Arguments arguments)
    {
        var (server, name) = context.Resolve(arguments.Rest[0]);
        var (target, copy) = context.Resolve(arguments.Rest[1]);
        var profile = (JsonObject)(await server.GetAsync(Url(name), context.Cancel).ConfigureAwait(false))!;
        profile["name"] = copy;
        var project = arguments.Get("--target-project") is { Length: > 0 } p ? "?project=" + Uri.EscapeDataString(p) : "";
        try
        {
            await target.SendAsync("POST", "/1.0/profiles" + project, profile, context.Cancel).ConfigureAwait(false);
        }
        catch (ApiException e) when (e.Status == 409 && arguments.Has("--refresh"))
        {
            await target.SendAsync("PUT", Url(copy) + project, profile, context.Cancel).ConfigureAwait(false);
        }

        return 0;
    }

    private static async Task<int> ChangeAsync(Context context, Arguments arguments, string what, Func<List<string>, string, List<string>> change)
    {
        var (server, name) = context.Resolve(arguments.Rest[0]);
        var url = InstanceCommands.PathOf(name);
        var answer = await server.SendAsync("GET", url, (JsonNode?)null, context.Cancel).ConfigureAwait(false);
        var instance = (JsonObject)answer.Metadata!;
        var next = change([.. (instance["profiles"] as JsonArray ?? []).Select(p => (string)p!)], arguments.Rest[1]);
        instance["profiles"] = new JsonArray([.. next.Select(p => (JsonNode)JsonValue.Create(p))]);
        await EntityCommands.PutAsync(new(server, url, []), instance, answer.Etag, context.Cancel).ConfigureAwait(false);
        await Say(context, $"Profile{(what == "applied to" ? "s" : "")} {arguments.Rest[1]} {what} {name}").ConfigureAwait(false);
        return 0;
    }

    private static Task Say(Context context, string text) => context.Quiet ? Task.CompletedTask : context.Out.WriteLineAsync(text);
}
