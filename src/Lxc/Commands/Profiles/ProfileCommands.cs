using System.Text.Json.Nodes;
using Lxc.Commands.Instances;
using Lxc.Commands.Shared;
using Lxc.Framework;
using Lxc.Output;
using Lxc.Terminal;
using Lxd.Core;
using Lxd.Core.Api;

namespace Lxc.Commands.Profiles;

/// <summary><c>profile</c>.</summary>
internal static class ProfileCommands
{
    private const string What = "[<remote>:]<profile>";

    private static readonly Columns<Profile> Columns = new(
        "ndu",
        new('n', "NAME", p => p.Name),
        new('d', "DESCRIPTION", p => p.Description),
        new('u', "USED BY", p => $"{p.UsedBy.Count}"),
        new('e', "PROJECT", p => p.Project));

    public static IEnumerable<Command> All() =>
    [
        .. EntityCommands.Make("profile", What, 1, Find, [Hint.Profile]),
        .. DeviceCommands.Make("profile", What, "profile", Hint.Profile, Find),
        new("profile list", "[<remote>:]", "List profiles", ListAsync) { Aliases = ["ls"], Flags = [Flags.AllProjects, Flags.Columns(Columns.Usual), Flags.Format], Count = (0, 1), Hints = [Hint.Remote] },
        new("profile create", What, "Create profiles", CreateAsync)
        {
            Flags = [Flags.Description("the profile")], Count = (1, 1), Hints = [Hint.Remote],
            Examples = "lxc profile create p1 < config.yaml\n    Create a profile with the configuration of config.yaml.",
        },
        new("profile delete", What, "Delete profiles", EntityCommands.Delete("Profile", Find)) { Aliases = ["rm"], Count = (1, 1), Hints = [Hint.Profile] },
        new("profile rename", What + " <new-name>", "Rename profiles", EntityCommands.Rename("Profile", Find)) { Aliases = ["mv"], Count = (2, 2), Hints = [Hint.Profile, Hint.None] },
        new("profile copy", What + " [<remote>:]<profile>", "Copy profiles", CopyAsync) { Aliases = ["cp"], Flags = [new("--refresh", Help: "Bring an existing copy up to date"), new("--target-project", Value: "project", Help: "Into this project")], Count = (2, 2), Hints = [Hint.Profile, Hint.Remote] },
        new("profile add", "[<remote>:]<instance> <profile>", "Add profiles to instances", AddAsync) { Count = (2, 2), Hints = [Hint.Instance, Hint.Profile] },
        new("profile remove", "[<remote>:]<instance> <profile>", "Remove profiles from instances", RemoveAsync) { Count = (2, 2), Hints = [Hint.Instance, Hint.Profile] },
        new("profile assign", "[<remote>:]<instance> <profiles>", "Assign sets of profiles to instances", AssignAsync)
        {
            Aliases = ["apply"], Count = (2, 2), Hints = [Hint.Instance, Hint.Profile],
            Examples = "lxc profile assign u1 default,extra\n    u1 has these two profiles and no other.\n\nlxc profile assign u1 ''\n    u1 has no profile.",
        },
    ];

    public static string Url(string name) => name.Length > 0 ? $"/1.0/profiles/{Uri.EscapeDataString(name)}" : throw new ApiException(0, "Missing profile name");

    private static Target Find(Context context, Arguments arguments)
    {
        var (server, name) = context.Resolve(arguments.Rest[0]);
        return new(server, Url(name), Shape.Profile, [.. arguments.Rest.Skip(1)]);
    }

    private static async Task<int> ListAsync(Context context, Arguments arguments)
    {
        var server = Remoting.ServerOf(context, arguments.At(0));
        var raw = await server.GetAsync("/1.0/profiles" + Remoting.Query(("recursion", "1"), Remoting.AllProjects(arguments)), context.Cancel).ConfigureAwait(false);
        var columns = Columns.Parse(arguments.Get("--columns", (arguments.Has("--all-projects") ? "e" : "") + Columns.Usual));
        await Listing.WriteAsync(context, arguments, columns, Json.Parse<List<Profile>>(raw), raw).ConfigureAwait(false);
        return 0;
    }

    private static async Task<int> CreateAsync(Context context, Arguments arguments)
    {
        var (server, name) = context.Resolve(arguments.Rest[0]);
        var body = Input.Yaml();
        body["name"] = name.Length > 0 ? name : throw new ApiException(0, "Missing profile name");
        body["description"] = arguments.Get("--description", (string?)body["description"] ?? "");
        await server.RunAsync("POST", "/1.0/profiles", body, null, context.Cancel).ConfigureAwait(false);
        await context.SayAsync($"Profile {name} created").ConfigureAwait(false);
        return 0;
    }

    private static async Task<int> CopyAsync(Context context, Arguments arguments)
    {
        var (server, name) = context.Resolve(arguments.Rest[0]);
        var (target, copy) = context.Resolve(arguments.Rest[1]);
        copy = copy.Length > 0 ? copy : name;
        var original = (JsonObject)(await server.GetAsync(Url(name), context.Cancel).ConfigureAwait(false))!;
        var profile = new JsonObject(Shape.Profile.Editable.Select(m => KeyValuePair.Create(m, original[m]?.DeepClone()))) { ["name"] = copy };
        var query = Remoting.Query(("project", arguments.Get("--target-project")));
        try
        {
            await target.RunAsync("POST", "/1.0/profiles" + query, profile, null, context.Cancel).ConfigureAwait(false);
        }
        catch (ApiException) when (arguments.Has("--refresh"))
        {
            profile.Remove("name");
            await target.RunAsync("PUT", Url(copy) + query, profile, null, context.Cancel).ConfigureAwait(false);
        }

        return 0;
    }

    private static async Task<int> AddAsync(Context context, Arguments arguments)
    {
        var profile = arguments.Rest[1];
        var name = await ChangeAsync(context, arguments, profiles => [.. profiles, profile]).ConfigureAwait(false);
        await context.SayAsync($"Profile {profile} added to {name}").ConfigureAwait(false);
        return 0;
    }

    private static async Task<int> RemoveAsync(Context context, Arguments arguments)
    {
        var profile = arguments.Rest[1];
        var name = await ChangeAsync(context, arguments, profiles => profiles.Contains(profile) ? [.. profiles.Where(p => p != profile)] : throw new ApiException(0, $"Profile {profile} isn't currently applied to {arguments.Rest[0]}")).ConfigureAwait(false);
        await context.SayAsync($"Profile {profile} removed from {name}").ConfigureAwait(false);
        return 0;
    }

    private static async Task<int> AssignAsync(Context context, Arguments arguments)
    {
        var name = await ChangeAsync(context, arguments, _ => [.. arguments.Rest[1].Split(',', StringSplitOptions.RemoveEmptyEntries)]).ConfigureAwait(false);
        await context.SayAsync($"Profiles {(arguments.Rest[1].Length > 0 ? arguments.Rest[1] : "(none)")} applied to {name}").ConfigureAwait(false);
        return 0;
    }

    private static async Task<string> ChangeAsync(Context context, Arguments arguments, Func<List<string>, List<string>> change)
    {
        var (server, name) = context.Resolve(arguments.Rest[0]);
        await new Target(server, InstanceCommands.PathOf(name), Shape.Instance, []).ChangeAsync(thing => thing["profiles"] = InstanceRequest.List(change([.. (thing["profiles"] as JsonArray ?? []).Select(p => (string)p!)])), context.Cancel).ConfigureAwait(false);
        return name;
    }
}
