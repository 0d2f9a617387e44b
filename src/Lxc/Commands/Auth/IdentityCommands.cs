using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using Lxc.Commands.Shared;
using Lxc.Framework;
using Lxc.Output;
using Lxc.Terminal;
using Lxd.Core;
using Lxd.Core.Api;

namespace Lxc.Commands.Auth;

/// <summary><c>auth identity</c>: who is known to the server.</summary>
internal static class IdentityCommands
{
    private const string What = "[<remote>:]<type>/<name-or-identifier>";

    private static readonly Columns<Identity> Columns = new(
        "mtnig",
        new('m', "AUTHENTICATION METHOD", i => i.AuthenticationMethod),
        new('t', "TYPE", i => i.Type),
        new('n', "NAME", i => i.Name),
        new('i', "IDENTIFIER", i => i.Id),
        new('g', "GROUPS", i => string.Join(", ", i.Groups)));

    public static IEnumerable<Command> Make() =>
    [
        new("auth identity create", "[<remote>:]<type>/<name> [<certificate>]", "Create identities", CreateAsync)
        {
            Flags = [new("--group", "-g", "group", "Group it is in, may be repeated")], Count = (1, 2), Hints = [Hint.Remote, Hint.File],
            Long = "The types are tls, bearer and devlxd. A TLS identity has the certificate of the file;\nwithout one the server makes a token, and whoever shows it first becomes that identity:\n    lxc remote add <remote> <token>",
        },
        new("auth identity list", "[<remote>:]", "List identities", ListAsync) { Aliases = ["ls"], Flags = [Flags.Format, Flags.Columns(Columns.Usual)], Count = (0, 1), Hints = [Hint.Remote] },
        new("auth identity show", What, "Show identities", (c, a) => EntityCommands.ShowAsync(c, Find(c, a))) { Count = (1, 1), Hints = [Hint.Identity] },
        new("auth identity info", "[<remote>:]", "Show the identity in use and what it may do", InfoAsync) { Count = (0, 1), Hints = [Hint.Remote] },
        new("auth identity edit", What, "Edit identities as YAML", (c, a) => EntityCommands.EditAsync(c, Find(c, a))) { Count = (1, 1), Hints = [Hint.Identity] },
        new("auth identity delete", What, "Delete identities", EntityCommands.Delete("Identity", Find)) { Aliases = ["rm"], Count = (1, 1), Hints = [Hint.Identity] },
        new("auth identity group add", What + " <group>", "Add groups to identities", (c, a) => Membership.AddAsync(c, Find(c, a), "Identity")) { Count = (2, 2), Hints = [Hint.Identity, Hint.AuthGroup] },
        new("auth identity group remove", What + " <group>", "Remove groups from identities", (c, a) => Membership.RemoveAsync(c, Find(c, a), "Identity")) { Count = (2, 2), Hints = [Hint.Identity, Hint.AuthGroup] },
    ];

    /// <summary>The address of <c>METHOD/NAME</c>.</summary>
    public static string Url(string text)
    {
        var (type, name) = Split(text);
        return $"/1.0/auth/identities/{type switch { "devlxd" => "bearer", "cluster-link" => "tls", _ => type }}/{Uri.EscapeDataString(name)}";
    }

    public static Target Find(Context context, Arguments arguments)
    {
        var (server, name) = context.Resolve(arguments.Rest[0]);
        return new(server, Url(name), Shape.Identity, [.. arguments.Rest.Skip(1)]);
    }

    private static (string Type, string Name) Split(string text)
    {
        var slash = text.IndexOf('/');
        return slash > 0 && slash + 1 < text.Length ? (text[..slash], text[(slash + 1)..]) : throw new ApiException(0, $"Malformed argument, expected `[<remote>:]<type>/<name_or_identifier>`, got \"{text}\"");
    }

    private static async Task<int> CreateAsync(Context context, Arguments arguments)
    {
        var (server, text) = context.Resolve(arguments.Rest[0]);
        var (type, name) = Split(text);
        var body = new JsonObject { ["name"] = name, ["groups"] = Membership.Write(arguments.All("--group").SelectMany(g => g.Split(',', StringSplitOptions.RemoveEmptyEntries))) };
        var bearer = type switch { "bearer" => "Client token bearer", "devlxd" => "DevLXD token bearer", _ => "" };
        if (bearer.Length == 0 && type != "tls")
        {
            throw new ApiException(0, $"Identities of type \"{type}\" cannot be created");
        }

        if (bearer.Length > 0)
        {
            body["type"] = arguments.Rest.Count == 1 ? bearer : throw new UsageException("Only TLS identities have a certificate");
            await server.SendAsync("POST", "/1.0/auth/identities/bearer", body, context.Cancel).ConfigureAwait(false);
            await context.SayAsync($"Identity {text} created").ConfigureAwait(false);
            return 0;
        }

        if (arguments.Rest.Count > 1)
        {
            body["certificate"] = await CertificateAsync(arguments.Rest[1], context.Cancel).ConfigureAwait(false);
            await server.SendAsync("POST", "/1.0/auth/identities/tls", body, context.Cancel).ConfigureAwait(false);
            await context.SayAsync($"Identity {text} created").ConfigureAwait(false);
            return 0;
        }

        body["token"] = true;
        var answer = await server.SendAsync("POST", "/1.0/auth/identities/tls", body, context.Cancel).ConfigureAwait(false);
        await context.SayAsync($"Identity {text} is pending until somebody shows this token:").ConfigureAwait(false);
        await context.Out.WriteLineAsync(Convert.ToBase64String(Json.Bytes(Json.Parse<CertificateAddToken>(answer.Metadata)))).ConfigureAwait(false);
        return 0;
    }

    private static async Task<string> CertificateAsync(string file, CancellationToken ct)
    {
        if (!File.Exists(file))
        {
            throw new ApiException(0, $"open {file}: no such file or directory");
        }

        using var certificate = X509Certificate2.CreateFromPem(await File.ReadAllTextAsync(file, ct).ConfigureAwait(false));
        return certificate.ExportCertificatePem();
    }

    private static async Task<int> ListAsync(Context context, Arguments arguments)
    {
        var raw = await Remoting.ServerOf(context, arguments.At(0)).GetAsync("/1.0/auth/identities?recursion=1", context.Cancel).ConfigureAwait(false);
        return await Listing.WriteAsync(context, arguments, Columns, Json.Parse<List<Identity>>(raw), raw).ConfigureAwait(false);
    }

    private static async Task<int> InfoAsync(Context context, Arguments arguments)
    {
        var server = Remoting.ServerOf(context, arguments.At(0));
        return await EntityCommands.ShowAsync(context, new Target(server, "/1.0/auth/identities/current", Shape.CurrentIdentity, [])).ConfigureAwait(false);
    }
}
