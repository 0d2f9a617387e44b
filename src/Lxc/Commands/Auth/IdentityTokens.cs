using System.Text.Json.Nodes;
using Lxc.Framework;

namespace Lxc.Commands.Auth;

/// <summary><c>auth identity token</c>: what a bearer identity shows.</summary>
internal static class IdentityTokens
{
    public static IEnumerable<Command> Make() =>
    [
        new("auth identity token issue", "[<remote>:]<type>/<name>", "Issue tokens; an older one of the identity holds no longer", IssueAsync)
        {
            Flags = [new("--expiry", Value: "time", Help: "How long it holds: 30S, 12H, 1d, 2w, 3m, 1y; else as long as the server says")], Count = (1, 1), Hints = [Hint.Identity],
        },
        new("auth identity token revoke", "[<remote>:]<type>/<name-or-identifier>", "Revoke tokens", RevokeAsync) { Count = (1, 1), Hints = [Hint.Identity] },
    ];

    private static async Task<int> IssueAsync(Context context, Arguments arguments)
    {
        var target = IdentityCommands.Find(context, arguments);
        var answer = await target.Server.SendAsync("POST", target.Url + "/token", new JsonObject { ["expiry"] = arguments.Get("--expiry") }, context.Cancel).ConfigureAwait(false);
        await context.SayAsync($"Token of identity {context.Resolve(arguments.Rest[0]).Name}:").ConfigureAwait(false);
        await context.Out.WriteLineAsync((string?)answer.Metadata?["token"]).ConfigureAwait(false);
        return 0;
    }

    private static async Task<int> RevokeAsync(Context context, Arguments arguments)
    {
        var target = IdentityCommands.Find(context, arguments);
        await target.Server.SendAsync("DELETE", target.Url + "/token", (JsonNode?)null, context.Cancel).ConfigureAwait(false);
        await context.SayAsync($"Token of identity {context.Resolve(arguments.Rest[0]).Name} revoked").ConfigureAwait(false);
        return 0;
    }
}
