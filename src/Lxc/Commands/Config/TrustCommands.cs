using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using Lxc.Commands.Shared;
using Lxc.Framework;
using Lxc.Output;
using Lxc.Terminal;
using Lxd.Client;
using Lxd.Core;
using Lxd.Core.Api;

namespace Lxc.Commands.Config;

/// <summary><c>config trust</c>.</summary>
internal static class TrustCommands
{
    private static readonly Shape Shape = new(["name", "type", "restricted", "projects", "certificate"], ["name", "type", "restricted", "projects", "certificate", "fingerprint"]);

    private static readonly Columns<Certificate> Columns = new(
        "tncfiE",
        new('t', "TYPE", c => c.Type),
        new('n', "NAME", c => c.Name),
        new('c', "COMMON NAME", c => Read(c, x => x.GetNameInfo(X509NameType.SimpleName, false))),
        new('f', "FINGERPRINT", c => c.Fingerprint.Length > 12 ? c.Fingerprint[..12] : c.Fingerprint),
        new('F', "FINGERPRINT", c => c.Fingerprint),
        new('i', "ISSUE DATE", c => Read(c, x => Times.Long(x.NotBefore.ToUniversalTime()))),
        new('E', "EXPIRY DATE", c => Read(c, x => Times.Long(x.NotAfter.ToUniversalTime()))),
        new('e', "EXPIRY DATE", c => Read(c, x => Times.Long(x.NotAfter.ToUniversalTime()))),
        new('r', "RESTRICTED", c => c.Restricted ? "yes" : "no"),
        new('p', "PROJECTS", c => string.Join(", ", c.Projects)));

    public static IEnumerable<Command> Make() =>
    [
        new("config trust add", "[<remote>:] [<cert>]", "Add trusted clients: a certificate, or a token that lets one in", AddAsync)
        {
            Flags = [new("--name", Value: "name", Help: "Name of the client"), new("--projects", Value: "list", Help: "Projects it may use"), new("--restricted", Help: "Only those projects"), new("--type", Value: "type", Help: "client or metrics") { Default = "client" }],
            Count = (0, 2), Hints = [Hint.Remote, Hint.File],
            Long = "Without a certificate the server makes a token. Whoever shows it first becomes a trusted client:\n    lxc remote add <remote> <token>",
        },
        new("config trust list", "[<remote>:]", "List trusted clients", ListAsync) { Flags = [Flags.Format, Flags.Columns(Columns.Usual)], Aliases = ["ls"], Count = (0, 1), Hints = [Hint.Remote] },
        new("config trust remove", "[<remote>:]<fingerprint>", "Remove trusted clients", RemoveAsync) { Aliases = ["rm"], Count = (1, 2), Hints = [Hint.Certificate] },
        new("config trust show", "[<remote>:]<fingerprint>", "Show trust configurations", (c, a) => EntityCommands.ShowAsync(c, Find(c, a))) { Count = (1, 1), Hints = [Hint.Certificate] },
        new("config trust edit", "[<remote>:]<fingerprint>", "Edit trust configurations as YAML", (c, a) => EntityCommands.EditAsync(c, Find(c, a))) { Count = (1, 1), Hints = [Hint.Certificate] },
        .. TrustTokens.Make(),
    ];

    private static Target Find(Context context, Arguments arguments)
    {
        var (server, fingerprint) = context.Resolve(arguments.Rest[0]);
        return new(server, Url(fingerprint), Shape, []);
    }

    private static string Url(string fingerprint) => fingerprint.Length > 0 ? $"/1.0/certificates/{Uri.EscapeDataString(fingerprint)}" : throw new ApiException(0, "Missing certificate fingerprint");

    private static string Read(Certificate certificate, Func<X509Certificate2, string> read)
    {
        using var x509 = X509Certificate2.CreateFromPem(certificate.CertificateValue);
        return read(x509);
    }

    private static async Task<int> AddAsync(Context context, Arguments arguments)
    {
        var remote = arguments.Rest.FirstOrDefault(r => r.EndsWith(':'));
        var file = arguments.Rest.FirstOrDefault(r => !r.EndsWith(':'));
        var server = Remoting.ServerOf(context, remote ?? "");
        var body = new JsonObject
        {
            ["name"] = arguments.Get("--name"),
            ["type"] = arguments.Get("--type", "client"),
            ["restricted"] = arguments.Has("--restricted"),
            ["projects"] = Instances.InstanceRequest.List(arguments.Get("--projects").Split(',', StringSplitOptions.RemoveEmptyEntries)),
        };
        if (arguments.Has("--restricted") && body["projects"] is JsonArray { Count: 0 })
        {
            await context.Err.WriteLineAsync("Warning: Certificate is restricted but no projects specified. It will have access to nothing.").ConfigureAwait(false);
        }

        if (file is null)
        {
            return await TrustTokens.IssueAsync(context, server, body).ConfigureAwait(false);
        }

        if (file != "-" && !File.Exists(file))
        {
            throw new ApiException(0, $"open {file}: no such file or directory");
        }

        var pem = file == "-" ? Input.ReadPiped() : await File.ReadAllTextAsync(file, context.Cancel).ConfigureAwait(false);
        using var certificate = X509Certificate2.CreateFromPem(pem);
        body["certificate"] = Convert.ToBase64String(certificate.RawData);
        body["name"] = arguments.Get("--name") is { Length: > 0 } given ? given : Path.GetFileName(file);
        await server.SendAsync("POST", "/1.0/certificates", body, context.Cancel).ConfigureAwait(false);
        return 0;
    }

    private static async Task<int> ListAsync(Context context, Arguments arguments)
    {
        var server = Remoting.ServerOf(context, arguments.At(0));
        var raw = await server.GetAsync("/1.0/certificates?recursion=1", context.Cancel).ConfigureAwait(false);
        return await Listing.WriteAsync(context, arguments, Columns, Json.Parse<List<Certificate>>(raw), raw).ConfigureAwait(false);
    }

    private static async Task<int> RemoveAsync(Context context, Arguments arguments)
    {
        var (server, fingerprint) = context.Resolve(arguments.Rest.Count > 1 && arguments.Rest[0].EndsWith(':') ? arguments.Rest[0] + arguments.Rest[1] : arguments.Rest[0]);
        await server.SendAsync("DELETE", Url(fingerprint), (JsonNode?)null, context.Cancel).ConfigureAwait(false);
        return 0;
    }
}
