using System.Text.Json.Nodes;
using Lxc.Commands.Shared;
using Lxc.Framework;
using Lxc.Output;
using Lxc.Terminal;
using Lxd.Core;
using Lxd.Core.Api;

namespace Lxc.Commands.Auth;

/// <summary><c>auth group</c>.</summary>
internal static class GroupCommands
{
    private const string What = "[<remote>:]<group>";

    private static readonly Columns<AuthGroup> Columns = new("nd", new('n', "NAME", g => g.Name), new('d', "DESCRIPTION", g => g.Description));

    public static IEnumerable<Command> Make() =>
    [
        new("auth group create", What, "Create groups", CreateAsync)
        {
            Flags = [new("--description", "-d", "text", "Description of the group")], Count = (1, 1), Hints = [Hint.Remote],
            Examples = "lxc auth group create g1 < group.yaml\n    Take its description and permissions from group.yaml.",
        },
        new("auth group delete", What, "Delete groups", EntityCommands.Delete("Group", Find)) { Aliases = ["rm"], Count = (1, 1), Hints = [Hint.AuthGroup] },
        new("auth group edit", What, "Edit groups as YAML", (c, a) => EntityCommands.EditAsync(c, Find(c, a))) { Count = (1, 1), Hints = [Hint.AuthGroup] },
        new("auth group show", What, "Show groups", (c, a) => EntityCommands.ShowAsync(c, Find(c, a))) { Count = (1, 1), Hints = [Hint.AuthGroup] },
        new("auth group list", "[<remote>:]", "List groups", ListAsync) { Aliases = ["ls"], Flags = [Flags.Format, Flags.Columns(Columns.Usual)], Count = (0, 1), Hints = [Hint.Remote] },
        new("auth group rename", What + " <new-name>", "Rename groups", EntityCommands.Rename("Group", Find)) { Aliases = ["mv"], Count = (2, 2), Hints = [Hint.AuthGroup, Hint.None] },
    ];

    public static Target Find(Context context, Arguments arguments)
    {
        var (server, name) = context.Resolve(arguments.Rest[0]);
        return new(server, Url(name), Shape.AuthGroup, [.. arguments.Rest.Skip(1)]);
    }

    private static string Url(string name) => name.Length > 0 ? $"/1.0/auth/groups/{Uri.EscapeDataString(name)}" : throw new ApiException(0, "Missing group name");

    private static async Task<int> CreateAsync(Context context, Arguments arguments)
    {
        var (server, name) = context.Resolve(arguments.Rest[0]);
        Url(name);
        var body = Input.Yaml();
        body["name"] = name;
        if (arguments.Given("--description"))
        {
            body["description"] = arguments.Get("--description");
        }

        await server.SendAsync("POST", "/1.0/auth/groups", body, context.Cancel).ConfigureAwait(false);
        await context.SayAsync($"Group {name} created").ConfigureAwait(false);
        return 0;
    }

    private static async Task<int> ListAsync(Context context, Arguments arguments)
    {
        var raw = await Remoting.ServerOf(context, arguments.At(0)).GetAsync("/1.0/auth/groups?recursion=1", context.Cancel).ConfigureAwait(false);
        return await Listing.WriteAsync(context, arguments, Columns, Json.Parse<List<AuthGroup>>(raw), raw).ConfigureAwait(false);
    }
}
