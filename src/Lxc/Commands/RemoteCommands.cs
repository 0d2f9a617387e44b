using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using Lxc.Framework;
using Lxc.Output;
using Lxc.Remotes;
using Lxc.Terminal;
using Lxd.Client;
using Lxd.Core;
using Lxd.Core.Api;

namespace Lxc.Commands;

/// <summary><c>remote</c>.</summary>
internal static class RemoteCommands
{
    public static IEnumerable<Command> All() =>
    [
        new("remote add", "[<remote>] <IP|FQDN|URL|token>", "Add new remote servers", AddAsync)
        {
            Flags =
            [
                new("--accept-certificate", Help: "Trust the certificate the server shows"), new("--auth-type", Value: "type", Help: "tls or oidc"), new("--password", Value: "secret", Help: "The server's trust password"), new("--project", Value: "name", Help: "Project to use there"),
                new("--protocol", Value: "name", Help: "lxd or simplestreams"), new("--public", Help: "A server of public images"), new("--token", Value: "token", Help: "A token of the server's administrator"), new("--global", Help: "For all users"),
            ],
            Count = (1, 2),
        },
        new("remote list", "", "List the available remotes", ListAsync) { Aliases = ["ls"], Flags = [new("--format", "-f", "format", "table, compact, csv, json or yaml")], Count = (0, 0) },
        new("remote remove", "<remote>", "Remove remotes", RemoveAsync) { Aliases = ["rm"], Count = (1, 1) },
        new("remote rename", "<remote> <new-name>", "Rename remotes", RenameAsync) { Aliases = ["mv"], Count = (2, 2) },
        new("remote set-url", "<remote> <URL>", "Set the URL for the remote", (c, a) => ChangeAsync(c, a.Rest[0], r => r with { Address = a.Rest[1] })) { Count = (2, 2) },
        new("remote get-default", "", "Show the default remote", async (c, _) =>
        {
            await c.Out.WriteLineAsync(c.Config.Default).ConfigureAwait(false);
            return 0;
        })
        { Count = (0, 0) },
        new("remote switch", "<remote>", "Switch the default remote", (c, a) =>
        {
            c.Config.Get(a.Rest[0]);
            c.Config.Default = a.Rest[0];
            c.Config.Save();
            return Task.FromResult(0);
        })
        { Aliases = ["set-default"], Count = (1, 1) },
    ];

    private static async Task<int> AddAsync(Context context, Arguments arguments)
    {
        var address = arguments.Rest[^1];
        var token = arguments.Get("--token");
        if (Decode(address) is { } fromAddress)
        {
            token = address;
            address = fromAddress.Addresses.FirstOrDefault() ?? throw new ApiException(0, "The token has no address");
        }

        var name = arguments.Rest.Count == 2 ? arguments.Rest[0] : Decode(token)?.ClientName is { Length: > 0 } ? address.Split(':')[0] : address;
        if (name.Contains(':') || name.Contains('/'))
        {
            throw new ApiException(0, $"Remote names may not contain colons");
        }

        if (context.Config.Remotes.ContainsKey(name))
        {
            throw new ApiException(0, $"Remote {name} exists as <{context.Config.Get(name).Address}>");
        }

        var protocol = arguments.Get("--protocol", "lxd");
        if (protocol == "simplestreams")
        {
            if (!address.StartsWith("https://", StringComparison.Ordinal))
            {
                throw new ApiException(0, "Only https:// is supported for simplestreams");
            }

            Add(context, name, new Remote(address) { Protocol = protocol, Public = true });
            return 0;
        }

        if (protocol != "lxd")
        {
            throw new ApiException(0, $"Invalid protocol: {protocol}");
        }

        if (address.StartsWith("unix:", StringComparison.Ordinal) || address.StartsWith('/'))
        {
            Add(context, name, new Remote(address.StartsWith('/') ? "unix:" + address : address) { Project = arguments.Get("--project") });
            return 0;
        }

        await AddLxdAsync(context, arguments, name, Normalize(address), token).ConfigureAwait(false);
        return 0;
    }

    private static async Task AddLxdAsync(Context context, Arguments arguments, string name, string url, string token)
    {
        using var shown = await LxdConnection.ServerCertificateAsync(url, context.Cancel).ConfigureAwait(false);
        var fingerprint = shown.GetCertHashString(System.Security.Cryptography.HashAlgorithmName.SHA256).ToLowerInvariant();
        if (Decode(token) is { } decoded)
        {
            if (decoded.Fingerprint.Length > 0 && decoded.Fingerprint != fingerprint)
            {
                throw new ApiException(0, $"Certificate fingerprint mismatch between certificate token and server \"{url}\"");
            }
        }
        else if (!arguments.Has("--accept-certificate") && !await IsSignedAsync(url, context.Cancel).ConfigureAwait(false))
        {
            await context.Err.WriteLineAsync($"Certificate fingerprint: {fingerprint}").ConfigureAwait(false);
            var answer = Input.Ask("ok (y/n/[fingerprint])? ", "n").ToLowerInvariant();
            if (answer is not ("y" or "yes") && answer != fingerprint)
            {
                throw new ApiException(0, "Server certificate NACKed by user");
            }
        }

        var isPublic = arguments.Has("--public");
        var client = isPublic ? null : ClientCertificate.LoadOrCreate(context.Config.Directory, context.Err);
        using var server = LxdConnection.Tls(url, client, shown);
        var info = await server.GetAsync<Lxd.Core.Api.Server>("/1.0", context.Cancel).ConfigureAwait(false);
        if (!isPublic && info.Auth != "trusted" && !info.Public)
        {
            await TrustAsync(context, arguments, server, info, token).ConfigureAwait(false);
            if ((await server.GetAsync<Lxd.Core.Api.Server>("/1.0", context.Cancel).ConfigureAwait(false)).Auth != "trusted")
            {
                throw new ApiException(0, "Server doesn't trust us after authentication");
            }

            await context.Out.WriteLineAsync($"Client certificate now trusted by server: {name}").ConfigureAwait(false);
        }

        var pinned = context.Config.ServerCertificate(name);
        Directory.CreateDirectory(Path.GetDirectoryName(pinned)!);
        await File.WriteAllTextAsync(pinned, shown.ExportCertificatePem() + "\n", context.Cancel).ConfigureAwait(false);
        Add(context, name, new Remote(url) { Public = isPublic || info.Public, AuthType = isPublic ? "" : "tls", Project = arguments.Get("--project", isPublic ? "" : "default") });
    }

    private static async Task TrustAsync(Context context, Arguments arguments, LxdConnection server, Lxd.Core.Api.Server info, string token)
    {
        var body = new JsonObject { ["type"] = "client" };
        if (token.Length > 0)
        {
            body[info.ApiExtensions.Contains("explicit_trust_token") ? "trust_token" : "password"] = token;
        }
        else
        {
            var password = arguments.Get("--password") is { Length: > 0 } given ? given : Input.AskSecret($"Admin password (or token) for {server.Address.Host}: ");
            body["password"] = password;
            if (Decode(password) is not null && info.ApiExtensions.Contains("explicit_trust_token"))
            {
                body.Remove("password");
                body["trust_token"] = password;
            }
        }

        await server.SendAsync("POST", "/1.0/certificates", body, context.Cancel).ConfigureAwait(false);
    }

    private static void Add(Context context, string name, Remote remote)
    {
        context.Config.Remotes[name] = remote;
        context.Config.Save();
    }

    private static async Task<bool> IsSignedAsync(string url, CancellationToken ct)
    {
        var uri = new Uri(url);
        try
        {
            using var tcp = new System.Net.Sockets.TcpClient();
            await tcp.ConnectAsync(uri.Host.Trim('[', ']'), uri.Port, ct).ConfigureAwait(false);
            await using var tls = new SslStream(tcp.GetStream());
            await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = uri.Host }, ct).ConfigureAwait(false);
            return true;
        }
        catch (System.Security.Authentication.AuthenticationException)
        {
            return false;
        }
    }

    private static string Normalize(string address)
    {
        var text = address.StartsWith("https://", StringComparison.Ordinal) ? address : "https://" + address;
        var uri = Uri.TryCreate(text, UriKind.Absolute, out var parsed) ? parsed : throw new ApiException(0, $"Invalid URL \"{address}\"");
        var hasPort = text["https://".Length..].TrimEnd('/') is var host && (host.EndsWith($":{uri.Port}", StringComparison.Ordinal));
        return $"https://{uri.Host}:{(hasPort ? uri.Port : 8443)}";
    }

    private static CertificateAddToken? Decode(string text)
    {
        try
        {
            return text.Length < 40 ? null : Json.Parse<CertificateAddToken>(Encoding.UTF8.GetString(Convert.FromBase64String(text)));
        }
        catch (Exception e) when (e is FormatException or ApiException)
        {
            return null;
        }
    }

    private static async Task<int> ListAsync(Context context, Arguments arguments)
    {
        var rows = context.Config.Remotes.Select(r => (IReadOnlyList<string>)
        [
            r.Key == context.Config.Default ? r.Key + " (current)" : r.Key, r.Value.Address, r.Value.Protocol, r.Value.IsUnix ? "file access" : r.Value.Protocol == "simplestreams" ? "none" : r.Value.AuthType.Length > 0 ? r.Value.AuthType : "tls",
            r.Value.Public ? "YES" : "NO", r.Value.Static ? "YES" : "NO", "NO",
        ]);
        var raw = new JsonObject(context.Config.Remotes.Select(r => KeyValuePair.Create(r.Key, (JsonNode?)new JsonObject { ["Addr"] = r.Value.Address, ["AuthType"] = r.Value.AuthType, ["Project"] = r.Value.Project, ["Protocol"] = r.Value.Protocol, ["Public"] = r.Value.Public, ["Global"] = false, ["Static"] = r.Value.Static })));
        await context.Out.WriteAsync(Table.Render(arguments.Get("--format", "table"), ["NAME", "URL", "PROTOCOL", "AUTH TYPE", "PUBLIC", "STATIC", "GLOBAL"], rows, raw)).ConfigureAwait(false);
        return 0;
    }

    private static Task<int> RemoveAsync(Context context, Arguments arguments)
    {
        var name = arguments.Rest[0];
        var remote = context.Config.Get(name);
        if (remote.Static)
        {
            throw new ApiException(0, $"Remote {name} is static and cannot be modified");
        }

        if (context.Config.Default == name)
        {
            throw new ApiException(0, "Can't remove the default remote");
        }

        context.Config.Remotes.Remove(name);
        File.Delete(context.Config.ServerCertificate(name));
        context.Config.Save();
        return Task.FromResult(0);
    }

    private static Task<int> RenameAsync(Context context, Arguments arguments)
    {
        var (name, next) = (arguments.Rest[0], arguments.Rest[1]);
        var remote = context.Config.Get(name);
        if (remote.Static)
        {
            throw new ApiException(0, $"Remote {name} is static and cannot be modified");
        }

        if (context.Config.Remotes.ContainsKey(next))
        {
            throw new ApiException(0, $"Remote {next} already exists");
        }

        context.Config.Remotes.Remove(name);
        context.Config.Remotes[next] = remote;
        if (File.Exists(context.Config.ServerCertificate(name)))
        {
            File.Move(context.Config.ServerCertificate(name), context.Config.ServerCertificate(next), true);
        }

        if (context.Config.Default == name)
        {
            context.Config.Default = next;
        }

        context.Config.Save();
        return Task.FromResult(0);
    }

    private static Task<int> ChangeAsync(Context context, string name, Func<Remote, Remote> change)
    {
        var remote = context.Config.Get(name);
        if (remote.Static)
        {
            throw new ApiException(0, $"Remote {name} is static and cannot be modified");
        }

        context.Config.Remotes[name] = change(remote);
        context.Config.Save();
        return Task.FromResult(0);
    }
}
