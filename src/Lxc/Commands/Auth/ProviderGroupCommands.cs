using System.Text.Json.Nodes;
using Lxc.Commands.Shared;
using Lxc.Framework;
using Lxc.Output;
using Lxd.Core;
using Lxd.Core.Api;

namespace Lxc.Commands.Auth;

/// <summary><c>auth identity-provider-group</c>: groups that an identity provider tells of, and those of the server they stand for.</summary>
internal static class ProviderGroupCommands
{
    private const string Name = "auth identity-provider-group";
    private const string What = "[<remote>:]<identity-provider-group>";

    private static readonly Columns<IdentityProviderGroup> Columns = new("ng", new('n', "NAME", g => g.Name), new('g', "GROUPS", g => string.Join(", ", g.Groups)));

    public static IEnumerable<Command> Make() =>
    [
        new($"{Name} create", What, "Create identity provider groups", CreateAsync) { Count = (1, 1), Hints = [Hint.Remote] },
        new($"{Name} delete", What, "Delete identity provider groups", EntityCommands.Delete("Identity provider group", Find)) { Aliases = ["rm"], Count = (1, 1), Hints = [Hint.ProviderGroup] },
        new($"{Name} edit", What, "Edit identity provider groups as YAML", (c, a) => EntityCommands.EditAsync(c, Find(c, a))) { Count = (1, 1), Hints = [Hint.ProviderGroup] },
        new($"{Name} show", What, "Show identity provider groups", (c, a) => EntityCommands.ShowAsync(c, Find(c, a))) { Count = (1, 1), Hints = [Hint.ProviderGroup] },
        new($"{Name} list", "[<remote>:]", "List identity provider groups", ListAsync) { Aliases = ["ls"], Flags = [Flags.Format, Flags.Columns(Columns.Usual)], Count = (0, 1), Hints = [Hint.Remote] },
        new($"{Name} rename", What + " <new-name>", "Rename identity provider groups", EntityCommands.Rename("Identity provider group", Find)) { Aliases = ["mv"], Count = (2, 2), Hints = [Hint.ProviderGroup, Hint.None] },
        new($"{Name} group add", What + " <group>", "Add groups to identity provider groups", (c, a) => Membership.AddAsync(c, Find(c, a), "Identity provider group")) { Count = (2, 2), Hints = [Hint.ProviderGroup, Hint.AuthGroup] },
        new($"{Name} group remove", What + " <group>", "Remove groups from identity provider groups", (c, a) => Membership.RemoveAsync(c, Find(c, a), "Identity provider group")) { Count = (2, 2), Hints = [Hint.ProviderGroup, Hint.AuthGroup] },
    ];

    private static Target Find(Context context, Arguments arguments)
    {
        var (server, name) = context.Resolve(arguments.Rest[0]);
        return new(server, Url(name), Shape.ProviderGroup, [.. arguments.Rest.Skip(1)]);
    }

    private static string Url(string name) => name.Length > 0 ? $"/1.0/auth/identity-provider-groups/{Uri.EscapeDataString(name)}" : throw new ApiException(0, "Missing identity provider group name");

    private static async Task<int> CreateAsync(Context context, Arguments arguments)
    {
        var (server, name) = context.Resolve(arguments.Rest[0]);
        Url(name);
        await server.SendAsync("POST", "/1.0/auth/identity-provider-groups", new JsonObject { ["name"] = name }, context.Cancel).ConfigureAwait(false);
        await context.SayAsync($"Identity provider group {name} created").ConfigureAwait(false);
        return 0;
    }

    private static async Task<int> ListAsync(Context context, Arguments arguments)
    {
        var raw = await Remoting.ServerOf(context, arguments.At(0)).GetAsync("/1.0/auth/identity-provider-groups?recursion=1", context.Cancel).ConfigureAwait(false);
        return await Listing.WriteAsync(context, arguments, Columns, Json.Parse<List<IdentityProviderGroup>>(raw), raw).ConfigureAwait(false);
    }
}
