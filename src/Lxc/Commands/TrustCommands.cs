using System.Globalization;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using Lxc.Framework;
using Lxc.Output;
using Lxc.Terminal;
using Lxd.Core;
using Lxd.Core.Api;

namespace Lxc.Commands;

/// <summary><c>config trust</c>.</summary>
internal static class TrustCommands
{
    private static readonly Flag Format = new("--format", "-f", "format", "table, compact, csv, json or yaml");

    public static IEnumerable<Command> All() =>
    [
        new("config trust add", "[<remote>:] [<cert>]", "Add a trusted client: a certificate, or a token that lets one in", AddAsync)
        {
            Flags = [new("--name", Value: "name", Help: "Name of the client"), new("--projects", Value: "list", Help: "Projects it may use"), new("--restricted", Help: "Only those projects"), new("--type", Value: "type", Help: "client or metrics")], Count = (0, 2),
        },
        new("config trust list", "[<remote>:]", "List trusted clients", ListAsync) { Flags = [Format, new("--columns", "-c", "letters", "Columns")], Aliases = ["ls"], Count = (0, 1) },
        new("config trust remove", "[<remote>:]<fingerprint>", "Remove trusted clients", RemoveAsync) { Aliases = ["rm"], Count = (1, 2) },
        new("config trust show", "[<remote>:]<fingerprint>", "Show trust configuration", ShowAsync) { Count = (1, 1) },
        new("config trust edit", "[<remote>:]<fingerprint>", "Edit trust configuration as YAML", EditAsync) { Count = (1, 1) },
        new("config trust list-tokens", "[<remote>:]", "List the tokens that are not used yet", TokensAsync) { Flags = [Format, new("--columns", "-c", "letters", "Columns")], Count = (0, 1) },
        new("config trust revoke-token", "[<remote>:]<name>", "Revoke a token", RevokeAsync) { Count = (1, 1) },
    ];

    private static async Task<int> AddAsync(Context context, Arguments arguments)
    {
        var remote = arguments.Rest.FirstOrDefault(r => r.EndsWith(':'));
        var file = arguments.Rest.FirstOrDefault(r => !r.EndsWith(':'));
        var server = context.Server(remote?[..^1] ?? context.Config.Default);
        var body = new JsonObject
        {
            ["name"] = arguments.Get("--name"),
            ["type"] = arguments.Get("--type", "client"),
            ["restricted"] = arguments.Has("--restricted"),
            ["projects"] = new JsonArray([.. arguments.Get("--projects").Split(',', StringSplitOptions.RemoveEmptyEntries).Select(p => (JsonNode)JsonValue.Create(p))]),
        };
        if (file is not null)
        {
            var pem = file == "-" ? Input.ReadPiped() : await File.ReadAllTextAsync(file, context.Cancel).ConfigureAwait(false);
            using var certificate = X509Certificate2.CreateFromPem(pem);
            body["certificate"] = Convert.ToBase64String(certificate.RawData);
            body["name"] = arguments.Get("--name") is { Length: > 0 } given ? given : Path.GetFileName(file);
            await server.SendAsync("POST", "/1.0/certificates", body, context.Cancel).ConfigureAwait(false);
            return 0;
        }

        if (arguments.Get("--name").Length == 0)
        {
            body["name"] = Input.Ask("Please provide client name: ");
        }

        body["token"] = true;
        var answer = await server.SendAsync("POST", "/1.0/certificates", body, context.Cancel).ConfigureAwait(false);
        if (!context.Quiet)
        {
            await context.Out.WriteLineAsync($"Client {(string?)body["name"]} certificate add token:").ConfigureAwait(false);
        }

        await context.Out.WriteLineAsync(Encode(answer.Metadata?["metadata"])).ConfigureAwait(false);
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

    private static async Task<int> ListAsync(Context context, Arguments arguments)
    {
        var (server, _) = context.Resolve(arguments.Rest.FirstOrDefault(""));
        var all = await server.GetAsync<List<Certificate>>("/1.0/certificates?recursion=1", context.Cancel).ConfigureAwait(false);
        var columns = arguments.Get("--columns", "tncfiepr").Where(c => "tncfFiepr".Contains(c)).ToList();
        if (arguments.Get("--columns").Length == 0)
        {
            columns = [.. "tncfie"];
        }

        string Cell(Certificate certificate, char column)
        {
            using var x509 = X509Certificate2.CreateFromPem(certificate.CertificateValue);
            return column switch
            {
                't' => certificate.Type,
                'n' => certificate.Name,
                'c' => x509.GetNameInfo(X509NameType.SimpleName, false),
                'f' => certificate.Fingerprint[..12],
                'F' => certificate.Fingerprint,
                'i' => x509.NotBefore.ToUniversalTime().ToString("MMM d, yyyy 'at' h:mmtt '(UTC)'", CultureInfo.InvariantCulture),
                'e' => x509.NotAfter.ToUniversalTime().ToString("MMM d, yyyy 'at' h:mmtt '(UTC)'", CultureInfo.InvariantCulture),
                'r' => certificate.Restricted ? "yes" : "no",
                _ => string.Join(", ", certificate.Projects),
            };
        }

        var headers = columns.Select(c => c switch { 't' => "TYPE", 'n' => "NAME", 'c' => "COMMON NAME", 'f' or 'F' => "FINGERPRINT", 'i' => "ISSUE DATE", 'e' => "EXPIRY DATE", 'r' => "RESTRICTED", _ => "PROJECTS" }).ToList();
        await context.Out.WriteAsync(Table.Render(arguments.Get("--format", "table"), headers, all.Select(c => (IReadOnlyList<string>)[.. columns.Select(l => Cell(c, l))]), Json.Node(all))).ConfigureAwait(false);
        return 0;
    }

    private static async Task<int> RemoveAsync(Context context, Arguments arguments)
    {
        var text = arguments.Rest.Count > 1 ? arguments.Rest[0] + arguments.Rest[1] : arguments.Rest[0];
        var (server, fingerprint) = context.Resolve(text);
        await server.SendAsync("DELETE", $"/1.0/certificates/{Uri.EscapeDataString(fingerprint)}", (JsonNode?)null, context.Cancel).ConfigureAwait(false);
        return 0;
    }

    private static async Task<int> ShowAsync(Context context, Arguments arguments)
    {
        var (server, fingerprint) = context.Resolve(arguments.Rest[0]);
        await context.Out.WriteAsync(Yaml.Format(await server.GetAsync($"/1.0/certificates/{Uri.EscapeDataString(fingerprint)}", context.Cancel).ConfigureAwait(false))).ConfigureAwait(false);
        return 0;
    }

    private static async Task<int> EditAsync(Context context, Arguments arguments)
    {
        var (server, fingerprint) = context.Resolve(arguments.Rest[0]);
        var url = $"/1.0/certificates/{Uri.EscapeDataString(fingerprint)}";
        var answer = await server.SendAsync("GET", url, (JsonNode?)null, context.Cancel).ConfigureAwait(false);
        await Editor.EditAsync(Yaml.Format(answer.Metadata), async text => await server.SendAsync("PUT", url, Yaml.Parse(text), context.Cancel, answer.Etag).ConfigureAwait(false), context.Cancel).ConfigureAwait(false);
        return 0;
    }

    private static async Task<List<(Operation Operation, string Name)>> OpenTokensAsync(Lxd.Client.LxdConnection server, CancellationToken ct)
    {
        var groups = await server.GetAsync("/1.0/operations?recursion=1&all-projects=true", ct).ConfigureAwait(false) as JsonObject ?? [];
        return [.. groups.SelectMany(g => g.Value as JsonArray ?? []).Select(o => Json.Parse<Operation>(o)).Where(o => o.Class == "token" && o.StatusCode == 103 && o.Metadata?["request"] is not null).Select(o => (o, (string?)o.Metadata!["request"]!["name"] ?? ""))];
    }

    private static async Task<int> TokensAsync(Context context, Arguments arguments)
    {
        var (server, _) = context.Resolve(arguments.Rest.FirstOrDefault(""));
        var tokens = await OpenTokensAsync(server, context.Cancel).ConfigureAwait(false);
        await context.Out.WriteAsync(Table.Render(arguments.Get("--format", "table"), ["NAME", "TOKEN", "EXPIRES AT"], tokens.Select(t => (IReadOnlyList<string>)[t.Name, Encode(t.Operation.Metadata), ((string?)t.Operation.Metadata?["expiresAt"]) is { } at ? GoTime.Parse(at).ToString("yyyy/MM/dd HH:mm 'UTC'", CultureInfo.InvariantCulture) : ""]), Json.Node(tokens.Select(t => t.Operation).ToList()))).ConfigureAwait(false);
        return 0;
    }

    private static async Task<int> RevokeAsync(Context context, Arguments arguments)
    {
        var (server, name) = context.Resolve(arguments.Rest[0]);
        var token = (await OpenTokensAsync(server, context.Cancel).ConfigureAwait(false)).Find(t => t.Name == name);
        if (token.Operation is null)
        {
            throw new ApiException(0, $"No certificate add token for member {name} on remote");
        }

        await server.SendAsync("DELETE", $"/1.0/operations/{token.Operation.Id}", (JsonNode?)null, context.Cancel).ConfigureAwait(false);
        return 0;
    }
}
