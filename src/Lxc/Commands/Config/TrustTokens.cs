using System.Text.Json.Nodes;
using Lxc.Commands.Shared;
using Lxc.Framework;
using Lxc.Output;
using Lxc.Terminal;
using Lxd.Client;
using Lxd.Core;
using Lxd.Core.Api;

namespace Lxc.Commands.Config;

/// <summary>Tokens of <c>config trust</c>: each lets one client in.</summary>
internal static class TrustTokens
{
    private sealed record Token(string Name, string Text, string ExpiresAt, Operation Operation);

    private static readonly Columns<Token> Columns = new("nte", new('n', "NAME", t => t.Name), new('t', "TOKEN", t => t.Text), new('e', "EXPIRES AT", t => t.ExpiresAt));

    public static IEnumerable<Command> Make() =>
    [
        new("config trust list-tokens", "[<remote>:]", "List the tokens that are not used yet", ListAsync) { Flags = [Flags.Format, Flags.Columns(Columns.Usual)], Count = (0, 1), Hints = [Hint.Remote] },
        new("config trust revoke-token", "[<remote>:] <name>", "Revoke tokens", RevokeAsync) { Count = (1, 2), Hints = [Hint.Remote, Hint.None] },
    ];

    /// <summary>Has the server make a token, and shows it.</summary>
    public static async Task<int> IssueAsync(Context context, LxdConnection server, JsonObject body)
    {
        if (((string?)body["name"] ?? "").Length == 0)
        {
            body["name"] = Input.Ask("Please provide client name: ");
        }

        body["token"] = true;
        var answer = await server.SendAsync("POST", "/1.0/certificates", body, context.Cancel).ConfigureAwait(false);
        if (answer.Metadata?["metadata"] is not JsonObject metadata)
        {
            throw new ApiException(0, "The server gave no token");
        }

        await context.SayAsync($"Client {(string?)body["name"]} certificate add token:").ConfigureAwait(false);
        await context.Out.WriteLineAsync(Encode(metadata)).ConfigureAwait(false);
        return 0;
    }

    private static string Encode(JsonNode? metadata)
    {
        var token = new CertificateAddToken
        {
            ClientName = (string?)metadata?["request"]?["name"] ?? "",
            Fingerprint = (string?)metadata?["fingerprint"] ?? "",
            Secret = (string?)metadata?["secret"] ?? "",
            Type = (string?)metadata?["request"]?["type"] ?? "client",
            Addresses = [.. (metadata?["addresses"] as JsonArray ?? []).Select(a => (string)a!)],
            ExpiresAt = GoTime.Parse((string?)metadata?["expiresAt"] ?? ""),
        };
        return Convert.ToBase64String(Json.Bytes(token));
    }

    private static async Task<List<Token>> OpenAsync(LxdConnection server, CancellationToken ct)
    {
        var groups = await server.GetAsync("/1.0/operations?recursion=1&all-projects=true", ct).ConfigureAwait(false) as JsonObject ?? [];
        return
        [
            .. groups.SelectMany(g => g.Value as JsonArray ?? []).Select(o => Json.Parse<Operation>(o)).Where(o => o.Class == "token" && o.StatusCode == 103 && o.Metadata?["request"] is JsonObject && o.Metadata["fingerprint"] is not null)
                .Select(o => new Token((string?)o.Metadata!["request"]!["name"] ?? "", Encode(o.Metadata), Times.Short(GoTime.Parse((string?)o.Metadata["expiresAt"] ?? "")), o)),
        ];
    }

    private static async Task<int> ListAsync(Context context, Arguments arguments)
    {
        var tokens = await OpenAsync(Remoting.ServerOf(context, arguments.At(0)), context.Cancel).ConfigureAwait(false);
        var raw = new JsonArray([.. tokens.Select(t => new JsonObject { ["ClientName"] = t.Name, ["Token"] = t.Text, ["ExpiresAt"] = t.ExpiresAt })]);
        return await Listing.WriteAsync(context, arguments, Columns, tokens, raw).ConfigureAwait(false);
    }

    private static async Task<int> RevokeAsync(Context context, Arguments arguments)
    {
        var (remote, name) = context.Config.Split(arguments.Rest.Count > 1 ? arguments.Rest[0] + arguments.Rest[1] : arguments.Rest[0]);
        var server = context.Server(remote);
        var token = (await OpenAsync(server, context.Cancel).ConfigureAwait(false)).Find(t => t.Name == name) ?? throw new ApiException(0, $"No certificate add token for member {name} on remote: {remote}");
        await server.SendAsync("DELETE", $"/1.0/operations/{token.Operation.Id}", (JsonNode?)null, context.Cancel).ConfigureAwait(false);
        return 0;
    }
}
