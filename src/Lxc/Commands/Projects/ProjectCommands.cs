using System.Globalization;
using System.Text.Json.Nodes;
using Lxc.Commands.Shared;
using Lxc.Framework;
using Lxc.Output;
using Lxc.Terminal;
using Lxd.Core;
using Lxd.Core.Api;

namespace Lxc.Commands.Projects;

/// <summary><c>project</c>.</summary>
internal static class ProjectCommands
{
    private const string What = "[<remote>:]<project>";

    public static IEnumerable<Command> All() =>
    [
        .. EntityCommands.Make("project", What, 1, Find, [Hint.Project]),
        new("project list", "[<remote>:]", "List projects", ListAsync) { Aliases = ["ls"], Flags = [Flags.Format, Flags.Columns(Columns("").Usual)], Count = (0, 1), Hints = [Hint.Remote] },
        new("project create", What, "Create projects", CreateAsync)
        {
            Flags = [Flags.Config("the project"), Flags.Description("the project"), new("--network", "-n", "name", "Network of its default profile"), new("--storage", "-s", "pool", "Pool of its default profile")], Count = (1, 1), Hints = [Hint.Remote],
            Examples = "lxc project create p1 -c features.images=false\n    Create a project that has the images of the default one.\n\nlxc project create p1 < config.yaml\n    Take its configuration from config.yaml.",
        },
        new("project delete", What, "Delete projects", DeleteAsync) { Aliases = ["rm"], Flags = [new("--force", "-f", Help: "With everything in it")], Count = (1, 1), Hints = [Hint.Project] },
        new("project rename", What + " <new-name>", "Rename projects", EntityCommands.Rename("Project", Find)) { Aliases = ["mv"], Count = (2, 2), Hints = [Hint.Project, Hint.None] },
        new("project switch", What, "Switch the current project", SwitchAsync) { Count = (1, 1), Hints = [Hint.Project] },
        new("project get-current", "[<remote>:]", "Show the current project", CurrentAsync) { Count = (0, 1), Hints = [Hint.Remote] },
        new("project info", What, "Show the limits of a project and what it uses of them", InfoAsync) { Flags = [Flags.Format], Count = (1, 1), Hints = [Hint.Project] },
    ];

    /// <param name="current">The project in use, which is marked.</param>
    private static Columns<Project> Columns(string current) => new(
        "nIPvbNzdu",
        new('n', "NAME", p => p.Name == current ? $"{p.Name} (current)" : p.Name),
        new('I', "IMAGES", p => Feature(p, "features.images")),
        new('P', "PROFILES", p => Feature(p, "features.profiles")),
        new('v', "STORAGE VOLUMES", p => Feature(p, "features.storage.volumes")),
        new('b', "STORAGE BUCKETS", p => Feature(p, "features.storage.buckets")),
        new('N', "NETWORKS", p => Feature(p, "features.networks")),
        new('z', "NETWORK ZONES", p => Feature(p, "features.networks.zones")),
        new('d', "DESCRIPTION", p => p.Description),
        new('u', "USED BY", p => $"{p.UsedBy.Count}"),
        new('r', "REPLICA MODE", p => p.ReplicaMode.ToUpperInvariant()));

    private static string Feature(Project project, string key) => project.Config.GetValueOrDefault(key) is "true" or "1" or "yes" or "on" ? "YES" : "NO";

    private static Target Find(Context context, Arguments arguments)
    {
        var (server, name) = context.Resolve(arguments.Rest[0]);
        return new(server, Url(name), Shape.Project, [.. arguments.Rest.Skip(1)]);
    }

    private static string Url(string name) => name.Length > 0 ? $"/1.0/projects/{Uri.EscapeDataString(name)}" : throw new ApiException(0, "Missing project name");

    private static async Task<int> ListAsync(Context context, Arguments arguments)
    {
        var (remote, _) = context.Config.Split(arguments.At(0));
        var raw = await context.Server(remote).GetAsync("/1.0/projects?recursion=1", context.Cancel).ConfigureAwait(false);
        var current = context.Project.Length > 0 ? context.Project : context.Config.Get(remote).Project is { Length: > 0 } own ? own : "default";
        return await Listing.WriteAsync(context, arguments, Columns(current), Json.Parse<List<Project>>(raw), raw).ConfigureAwait(false);
    }

    private static async Task<int> CreateAsync(Context context, Arguments arguments)
    {
        var (server, name) = context.Resolve(arguments.Rest[0]);
        var body = Input.Yaml();
        var config = Target.Map(body, "config");
        foreach (var (key, value) in arguments.Map("--config"))
        {
            config[key] = value;
        }

        body["name"] = name;
        foreach (var flag in (string[])["description", "network", "storage"])
        {
            if (arguments.Get("--" + flag) is { Length: > 0 } value)
            {
                body[flag] = value;
            }
        }

        await server.RunAsync("POST", "/1.0/projects", body, null, context.Cancel).ConfigureAwait(false);
        await context.SayAsync($"Project {name} created").ConfigureAwait(false);
        return 0;
    }

    private static async Task<int> DeleteAsync(Context context, Arguments arguments)
    {
        var (remote, name) = context.Config.Split(arguments.Rest[0]);
        await context.Server(remote).RunAsync("DELETE", Url(name) + (arguments.Has("--force") ? "?force=true" : ""), (JsonNode?)null, null, context.Cancel).ConfigureAwait(false);
        if (context.Config.Get(remote).Project == name)
        {
            // Nobody can work in a project that is gone.
            context.Config.SetProject(remote, "");
        }

        await context.SayAsync($"Project {name} deleted").ConfigureAwait(false);
        return 0;
    }

    private static async Task<int> SwitchAsync(Context context, Arguments arguments)
    {
        var (remote, name) = context.Config.Split(arguments.Rest[0]);
        await context.Server(remote).GetAsync(Url(name), context.Cancel).ConfigureAwait(false);
        context.Config.SetProject(remote, name);
        return 0;
    }

    private static async Task<int> CurrentAsync(Context context, Arguments arguments)
    {
        var (remote, _) = context.Config.Split(arguments.At(0));
        await context.Out.WriteLineAsync(context.Config.Get(remote).Project is { Length: > 0 } project ? project : "default").ConfigureAwait(false);
        return 0;
    }

    private static async Task<int> InfoAsync(Context context, Arguments arguments)
    {
        var (server, name) = context.Resolve(arguments.Rest[0]);
        var raw = await server.GetAsync(Url(name) + "/state", context.Cancel).ConfigureAwait(false);
        var state = Json.Parse<ProjectState>(raw);
        var columns = new Columns<KeyValuePair<string, ProjectStateResource>>(
            "rlu",
            new('r', "RESOURCE", r => r.Key.ToUpperInvariant()),
            new('l', "LIMIT", r => r.Value.Limit < 0 ? "UNLIMITED" : Amount(r.Key, r.Value.Limit)),
            new('u', "USAGE", r => Amount(r.Key, r.Value.Usage)));
        return await Listing.WriteAsync(context, arguments, columns, state.Resources, raw).ConfigureAwait(false);
    }

    private static string Amount(string resource, long amount) => resource.StartsWith("memory", StringComparison.Ordinal) || resource.StartsWith("disk", StringComparison.Ordinal) ? Units.FormatBytes(amount) : amount.ToString(CultureInfo.InvariantCulture);
}
