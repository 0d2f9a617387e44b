using System.Text.Json.Nodes;
using Lxc.Framework;
using Lxc.Output;
using Lxc.Terminal;
using Lxd.Core;
using Lxd.Core.Api;

namespace Lxc.Commands;

/// <summary><c>project</c>.</summary>
internal static class ProjectCommands
{
    public static IEnumerable<Command> All() =>
    [
        .. EntityCommands.Make("project", "[<remote>:]<project>", Find, ["config", "description"]),
        new("project list", "[<remote>:]", "List projects", ListAsync) { Aliases = ["ls"], Flags = [new("--format", "-f", "format", "table, compact, csv, json or yaml"), new("--columns", "-c", "letters", "Columns")], Count = (0, 1) },
        new("project create", "[<remote>:]<project>", "Create projects", CreateAsync) { Flags = [new("--config", "-c", "key=value", "Set a configuration key"), new("--description", Value: "text", Help: "Description"), new("--network", "-n", "name", "Network of its default profile"), new("--storage", "-s", "pool", "Pool of its default profile")], Count = (1, 1) },
        new("project delete", "[<remote>:]<project>", "Delete projects", DeleteAsync) { Aliases = ["rm"], Flags = [new("--force", "-f", Help: "With everything in it")], Count = (1, 1) },
        new("project rename", "[<remote>:]<project> <new-name>", "Rename projects", RenameAsync) { Aliases = ["mv"], Count = (2, 2) },
        new("project switch", "[<remote>:]<project>", "Switch the current project", SwitchAsync) { Count = (1, 1) },
        new("project get-current", "[<remote>:]", "Show the current project", CurrentAsync) { Count = (0, 1) },
    ];

    private static EntityCommands.Target Find(Context context, List<string> words)
    {
        var (server, name) = context.Resolve(words.Count > 0 ? words[0] : throw new UsageException("Missing project name"));
        return new(server, Url(name), [.. words.Skip(1)]);
    }

    private static string Url(string name) => $"/1.0/projects/{Uri.EscapeDataString(name)}";

    private static async Task<int> ListAsync(Context context, Arguments arguments)
    {
        var (remote, _) = context.Config.Split(arguments.Rest.FirstOrDefault(""));
        var all = await context.Server(remote).GetAsync<List<Project>>("/1.0/projects?recursion=1", context.Cancel).ConfigureAwait(false);
        var current = context.Config.Get(remote).Project is { Length: > 0 } p ? p : "default";
        string Feature(Project project, string key) => project.Config.GetValueOrDefault(key) == "true" ? "YES" : "NO";
        await context.Out.WriteAsync(Table.Render(arguments.Get("--format", "table"), ["NAME", "IMAGES", "PROFILES", "STORAGE VOLUMES", "STORAGE BUCKETS", "NETWORKS", "NETWORK ZONES", "DESCRIPTION", "USED BY"],
            all.OrderBy(x => x.Name, StringComparer.Ordinal).Select(x => (IReadOnlyList<string>)
            [
                x.Name == current ? $"{x.Name} (current)" : x.Name, Feature(x, "features.images"), Feature(x, "features.profiles"), Feature(x, "features.storage.volumes"), Feature(x, "features.storage.buckets"), Feature(x, "features.networks"),
                Feature(x, "features.networks.zones"), x.Description, $"{x.UsedBy.Count}",
            ]), Json.Node(all))).ConfigureAwait(false);
        return 0;
    }

    private static async Task<int> CreateAsync(Context context, Arguments arguments)
    {
        var (server, name) = context.Resolve(arguments.Rest[0]);
        var body = Yaml.Parse(Input.ReadPiped()) as JsonObject ?? [];
        var config = body["config"] as JsonObject ?? [];
        foreach (var (key, value) in arguments.Map("--config"))
        {
            config[key] = value;
        }

        body["name"] = name;
        body["config"] = config.DeepClone();
        if (arguments.Get("--description") is { Length: > 0 } description)
        {
            body["description"] = description;
        }

        foreach (var flag in (string[])["network", "storage"])
        {
            if (arguments.Get("--" + flag) is { Length: > 0 } value)
            {
                body[flag] = value;
            }
        }

        await server.SendAsync("POST", "/1.0/projects", body, context.Cancel).ConfigureAwait(false);
        await Say(context, $"Project {name} created").ConfigureAwait(false);
        return 0;
    }

    private static async Task<int> DeleteAsync(Context context, Arguments arguments)
    {
        var (remote, name) = context.Config.Split(arguments.Rest[0]);
        await context.Server(remote).SendAsync("DELETE", Url(name) + (arguments.Has("--force") ? "?force=true" : ""), (JsonNode?)null, context.Cancel).ConfigureAwait(false);
        if (context.Config.Get(remote).Project == name)
        {
            // Nobody can work in a project that is gone.
            context.Config.Remotes[remote] = context.Config.Get(remote) with { Project = "" };
            context.Config.Save();
        }

        await Say(context, $"Project {name} deleted").ConfigureAwait(false);
        return 0;
    }

    private static async Task<int> RenameAsync(Context context, Arguments arguments)
    {
        var (server, name) = context.Resolve(arguments.Rest[0]);
        await server.RunAsync("POST", Url(name), new JsonObject { ["name"] = arguments.Rest[1] }, null, context.Cancel).ConfigureAwait(false);
        await Say(context, $"Project {name} renamed to {arguments.Rest[1]}").ConfigureAwait(false);
        return 0;
    }

    private static async Task<int> SwitchAsync(Context context, Arguments arguments)
    {
        var (remote, name) = context.Config.Split(arguments.Rest[0]);
        await context.Server(remote).GetAsync(Url(name), context.Cancel).ConfigureAwait(false);
        context.Config.Remotes[remote] = context.Config.Get(remote) with { Project = name };
        context.Config.Save();
        return 0;
    }

    private static async Task<int> CurrentAsync(Context context, Arguments arguments)
    {
        var (remote, _) = context.Config.Split(arguments.Rest.FirstOrDefault(""));
        await context.Out.WriteLineAsync(context.Config.Get(remote).Project is { Length: > 0 } project ? project : "default").ConfigureAwait(false);
        return 0;
    }

    private static Task Say(Context context, string text) => context.Quiet ? Task.CompletedTask : context.Out.WriteLineAsync(text);
}
