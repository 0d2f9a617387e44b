using System.Text.Json.Nodes;
using Lxc.Commands.Shared;
using Lxc.Framework;
using Lxc.Output;
using Lxd.Core;
using Lxd.Core.Api;

namespace Lxc.Commands.Auth;

/// <summary><c>auth oidc-session</c>: logins that an identity provider vouched for.</summary>
internal static class SessionCommands
{
    private static readonly Columns<OIDCSession> Columns = new(
        "emuiaEc",
        new('e', "EMAIL", s => s.Email),
        new('m', "NAME", s => s.Username),
        new('u', "UUID", s => s.Uuid),
        new('i', "IP ADDRESS", s => s.Ip),
        new('a', "USER AGENT", s => s.UserAgent),
        new('E', "EXPIRES AT", s => Times.Short(s.ExpiresAt)),
        new('c', "CREATED AT", s => Times.Short(s.CreatedAt)));

    public static IEnumerable<Command> Make() =>
    [
        new("auth oidc-session delete", "[<remote>:]<session-id>", "Delete OIDC sessions", DeleteAsync) { Aliases = ["rm"], Count = (1, 1), Hints = [Hint.Remote] },
        new("auth oidc-session show", "[<remote>:]<session-id>", "Show OIDC sessions", (c, a) => EntityCommands.ShowAsync(c, Find(c, a))) { Count = (1, 1), Hints = [Hint.Remote] },
        new("auth oidc-session list", "[<remote>:][<email>]", "List OIDC sessions", ListAsync) { Aliases = ["ls"], Flags = [Flags.Format], Count = (0, 1), Hints = [Hint.Remote] },
    ];

    private static Target Find(Context context, Arguments arguments)
    {
        var (server, id) = context.Resolve(arguments.Rest[0]);
        return new(server, id.Length > 0 ? $"/1.0/auth/oidc-sessions/{Uri.EscapeDataString(id)}" : throw new ApiException(0, "Missing session ID"), Shape.Session, []);
    }

    private static async Task<int> DeleteAsync(Context context, Arguments arguments)
    {
        var target = Find(context, arguments);
        await target.Server.SendAsync("DELETE", target.Url, (JsonNode?)null, context.Cancel).ConfigureAwait(false);
        return 0;
    }

    private static async Task<int> ListAsync(Context context, Arguments arguments)
    {
        var (server, email) = context.Resolve(arguments.At(0));
        var raw = await server.GetAsync("/1.0/auth/oidc-sessions" + Remoting.Query(("recursion", "1"), ("email", email)), context.Cancel).ConfigureAwait(false);
        return await Listing.WriteAsync(context, arguments, Columns, Json.Parse<List<OIDCSession>>(raw), raw).ConfigureAwait(false);
    }
}
