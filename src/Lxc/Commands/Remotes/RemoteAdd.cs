using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using Lxc.Framework;
using Lxc.Remotes;
using Lxc.Terminal;
using Lxd.Client;
using Lxd.Core;
using Lxd.Core.Api;

namespace Lxc.Commands.Remotes;

/// <summary><c>remote add</c>.</summary>
internal static class RemoteAdd
{
    private const string Oidc = "oidc";

    public static Command Make() => new("remote add", "[<remote>] <IP|FQDN|URL|token>", "Add remote servers", RunAsync)
    {
        Flags =
        [
            new("--accept-certificate", Help: "Trust the certificate the server shows"), new("--auth-type", Value: "type", Help: "tls or oidc"), new("--password", Value: "secret", Help: "The server's trust password"), new("--project", Value: "name", Help: "Project to use there"),
            new("--protocol", Value: "name", Help: "lxd or simplestreams"), new("--public", Help: "A server of public images"), new("--token", Value: "token", Help: "A token of the server's administrator"),
        ],
        Count = (1, 2), Hints = [Hint.None],
        Long = "Addresses of servers on the network are https://; the path of a socket is a server on this host.\n\nA login may be part of the address of a simplestreams server:\n    lxc remote add some-name https://LOGIN:PASSWORD@example.com/some/path --protocol=simplestreams",
    };

    public static void CheckName(string name)
    {
        if (name.Length == 0 || name.Contains(':') || name.Contains('/'))
        {
            throw new ApiException(0, name.Contains(':') ? "Remote names may not contain colons" : "Invalid remote name: " + name);
        }
    }

    private static async Task<int> RunAsync(Context context, Arguments arguments)
    {
        var address = arguments.Rest[^1];
        var token = arguments.Get("--token");
        if (token.Length > 0 && arguments.Has("--accept-certificate"))
        {
            throw new ApiException(0, "The --accept-certificate flag is not supported when using a trust token");
        }

        var protocol = arguments.Get("--protocol", "lxd");
        if (protocol is not ("lxd" or "simplestreams"))
        {
            throw new ApiException(0, $"Invalid protocol: {protocol}");
        }

        if (arguments.Get("--auth-type", "tls") is var type && type is not ("tls" or Oidc))
        {
            throw new ApiException(0, $"Unsupported authentication type: {type}");
        }

        if (token.Length == 0 && TryDecode(address) is { } whole)
        {
            return await AddByTokenAsync(context, arguments, whole, address).ConfigureAwait(false);
        }

        var name = Name(context, arguments, address);
        if (protocol == "simplestreams")
        {
            Save(context, name, new Remote(address.StartsWith("https://", StringComparison.Ordinal) ? address.TrimEnd('/') : throw new ApiException(0, "Only https URLs are supported for simplestreams")) { Protocol = protocol, Public = true });
            return 0;
        }

        if (address.StartsWith("unix:", StringComparison.Ordinal) || address.StartsWith('/'))
        {
            await AddSocketAsync(context, arguments, name, address).ConfigureAwait(false);
            return 0;
        }

        var decoded = token.Length > 0 ? Decode(token) : null;
        await AddServerAsync(context, arguments, name, Normalize(address), token, decoded).ConfigureAwait(false);
        return 0;
    }

    /// <summary>A token tells where the server is: the first address that answers.</summary>
    private static async Task<int> AddByTokenAsync(Context context, Arguments arguments, CertificateAddToken token, string text)
    {
        if (token.Addresses.Count == 0)
        {
            throw new ApiException(0, "The token has no address");
        }

        for (var i = 0; ; i++)
        {
            try
            {
                await AddServerAsync(context, arguments, Name(context, arguments, Normalize(token.Addresses[i])), Normalize(token.Addresses[i]), text, token).ConfigureAwait(false);
                return 0;
            }
            catch (Exception e) when (e is IOException or AuthenticationException or ApiException { InnerException: SocketException } && i + 1 < token.Addresses.Count)
            {
                // Not every address of a server can be reached from everywhere.
            }
        }
    }

    private static string Name(Context context, Arguments arguments, string address)
    {
        var name = arguments.Rest.Count == 2 ? arguments.Rest[0] : Uri.TryCreate(address, UriKind.Absolute, out var uri) && uri.Host.Length > 0 ? uri.Host : address.Split(':')[0];
        CheckName(name);
        return context.Config.Remotes.TryGetValue(name, out var taken) ? throw new ApiException(0, $"Remote {name} exists as <{taken.Address}>") : name;
    }

    private static async Task AddSocketAsync(Context context, Arguments arguments, string name, string address)
    {
        var path = address.StartsWith("unix:", StringComparison.Ordinal) ? address["unix:".Length..].TrimStart('/') is { Length: > 0 } given ? "/" + given : Context.UnixSocket() : address;
        using var server = LxdConnection.Unix(path);
        await server.GetAsync("/1.0", context.Cancel).ConfigureAwait(false);
        Save(context, name, new Remote("unix://" + path) { Project = arguments.Get("--project") });
    }

    private static async Task AddServerAsync(Context context, Arguments arguments, string name, string url, string token, CertificateAddToken? decoded)
    {
        var isPublic = arguments.Has("--public");
        var byProvider = arguments.Get("--auth-type") == Oidc;
        var client = isPublic || byProvider ? null : ClientCertificate.LoadOrCreate(context.Config.Directory, context.Err);
        using var shown = await CertificateAsync(url, context.Cancel).ConfigureAwait(false);
        var signed = await IsSignedAsync(url, context.Config.Authority, context.Cancel).ConfigureAwait(false);
        await AcceptAsync(context, arguments, url, shown, signed, decoded).ConfigureAwait(false);
        using var server = byProvider ? await LogInAsync(context, name, url, shown).ConfigureAwait(false) : LxdConnection.Tls(url, client, shown);
        var info = await server.GetAsync<Server>("/1.0", context.Cancel).ConfigureAwait(false);
        var project = arguments.Get("--project");
        if (!isPublic && !info.Public)
        {
            if (info.Auth != "trusted")
            {
                await TrustAsync(context, arguments, server, info, name, token).ConfigureAwait(false);
            }

            project = project.Length > 0 ? project : await ProjectAsync(server, context.Cancel).ConfigureAwait(false);
        }

        if (!signed)
        {
            var pinned = context.Config.ServerCertificate(name);
            Directory.CreateDirectory(Path.GetDirectoryName(pinned)!);
            await File.WriteAllTextAsync(pinned, shown.ExportCertificatePem() + "\n", context.Cancel).ConfigureAwait(false);
        }

        Save(context, name, new Remote(url) { Public = isPublic || info.Public, AuthType = isPublic ? "" : byProvider ? Oidc : "tls", Project = project });
    }

    /// <summary>A connection in the name of a user whom the server's identity provider knows.</summary>
    private static async Task<LxdConnection> LogInAsync(Context context, string name, string url, X509Certificate2 shown)
    {
        using (var stranger = LxdConnection.Tls(url, null, shown))
        {
            if (!(await stranger.GetAsync<Server>("/1.0", context.Cancel).ConfigureAwait(false)).AuthMethods.Contains(Oidc))
            {
                throw new ApiException(0, $"Authentication type \"{Oidc}\" not supported by server");
            }
        }

        // What another remote of this name left is another user's.
        context.Config.ForgetLogin(name);
        var server = LxdConnection.Tls(url, null, shown, login: BrowserLogin.Of(context.Config, name, context.Err));
        try
        {
            await server.GetAsync("/1.0", context.Cancel).ConfigureAwait(false);
            return server;
        }
        catch
        {
            server.Dispose();
            context.Config.ForgetLogin(name);
            throw;
        }
    }

    private static async Task<X509Certificate2> CertificateAsync(string url, CancellationToken ct)
    {
        try
        {
            return await LxdConnection.ServerCertificateAsync(url, ct).ConfigureAwait(false);
        }
        catch (SocketException e)
        {
            var place = new Uri(url).Authority;
            var reason = e.SocketErrorCode == SocketError.HostNotFound ? $"lookup {new Uri(url).Host}: no such host" : $"dial tcp {place}: connect: {e.Message.ToLowerInvariant()}";
            throw new ApiException(0, $"Get \"{url}\": Unable to connect to: {place} ([{reason}])", e);
        }
    }

    /// <summary>A certificate no authority signed has to be the one the token names, or the user takes it.</summary>
    private static async Task AcceptAsync(Context context, Arguments arguments, string url, X509Certificate2 shown, bool signed, CertificateAddToken? token)
    {
        var fingerprint = shown.GetCertHashString(HashAlgorithmName.SHA256).ToLowerInvariant();
        if (token is not null)
        {
            if (token.Fingerprint.Length > 0 && token.Fingerprint != fingerprint)
            {
                throw new ApiException(0, $"Certificate fingerprint mismatch between certificate token and server \"{url}\"");
            }

            return;
        }

        if (signed || arguments.Has("--accept-certificate"))
        {
            return;
        }

        await context.Err.WriteLineAsync($"Certificate fingerprint: {fingerprint}").ConfigureAwait(false);
        var answer = Input.Ask("ok (y/n/[fingerprint])? ", "n").ToLowerInvariant();
        if (answer is not ("y" or "yes") && answer != fingerprint)
        {
            throw new ApiException(0, "Server certificate NACKed by user");
        }
    }

    private static async Task TrustAsync(Context context, Arguments arguments, LxdConnection server, Server info, string name, string token)
    {
        var explicitToken = info.ApiExtensions.Contains("explicit_trust_token");
        var body = new JsonObject { ["type"] = "client" };
        if (token.Length > 0)
        {
            body[explicitToken ? "trust_token" : "password"] = token;
        }
        else
        {
            var password = arguments.Get("--password") is { Length: > 0 } given ? given : Input.AskSecret(explicitToken ? $"Trust token for {name}: " : $"Admin password (or token) for {name}: ");
            body[explicitToken && (TryDecode(password) is not null || !arguments.Given("--password")) ? "trust_token" : "password"] = password;
        }

        // The token of an identity whose rights come from groups makes this client that identity, not one that may do everything.
        var identity = TryDecode((string?)body["trust_token"] ?? "") is { Type: "Client certificate" };
        await server.SendAsync("POST", identity ? "/1.0/auth/identities/tls" : "/1.0/certificates", identity ? new JsonObject { ["trust_token"] = body["trust_token"]!.DeepClone() } : body, context.Cancel).ConfigureAwait(false);
        if ((await server.GetAsync<Server>("/1.0", context.Cancel).ConfigureAwait(false)).Auth != "trusted")
        {
            throw new ApiException(0, "Server doesn't trust us after authentication");
        }

        await context.SayAsync($"Client certificate now trusted by server: {name}").ConfigureAwait(false);
    }

    /// <summary>The project a client works in where the user says nothing: the default one, or the first it may use.</summary>
    private static async Task<string> ProjectAsync(LxdConnection server, CancellationToken ct)
    {
        var names = (await server.GetAsync<List<string>>("/1.0/projects", ct).ConfigureAwait(false)).Select(u => Uri.UnescapeDataString(u.Split('?')[0].Split('/')[^1])).Order(StringComparer.Ordinal).ToList();
        if (names.Count < 2 || names.Contains("default"))
        {
            return names.Count == 0 || names.Contains("default") ? "default" : names[0];
        }

        if (Console.IsInputRedirected)
        {
            return names[0];
        }

        await Console.Error.WriteLineAsync("Available projects:\n" + string.Concat(names.Select(n => $"- {n}\n"))).ConfigureAwait(false);
        var chosen = Input.Ask($"Name of the project to use for this remote [default={names[0]}]: ", names[0]);
        return names.Contains(chosen) ? chosen : throw new ApiException(0, $"Project \"{chosen}\" is not available");
    }

    private static void Save(Context context, string name, Remote remote)
    {
        context.Config.Remotes[name] = remote;
        context.Config.Save();
    }

    /// <summary>Whether the system's authorities, or the user's own, vouch for the server.</summary>
    private static async Task<bool> IsSignedAsync(string url, X509Certificate2? own, CancellationToken ct)
    {
        var uri = new Uri(url);
        try
        {
            using var tcp = new System.Net.Sockets.TcpClient();
            await tcp.ConnectAsync(uri.Host.Trim('[', ']'), uri.Port, ct).ConfigureAwait(false);
            await using var tls = new SslStream(tcp.GetStream(), false, ServerTrust.Of(own is null ? [] : [own], andSystem: true));
            await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = uri.Host, CertificateChainPolicy = ServerTrust.Policy }, ct).ConfigureAwait(false);
            return true;
        }
        catch (AuthenticationException)
        {
            return false;
        }
    }

    private static string Normalize(string address)
    {
        var text = address.Contains("://", StringComparison.Ordinal) ? address : "https://" + (address.Count(c => c == ':') > 1 && !address.StartsWith('[') ? $"[{address}]" : address);
        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || uri.Scheme != "https")
        {
            throw new ApiException(0, uri is null ? $"Invalid URL \"{address}\"" : "Only https URLs are supported for servers on the network");
        }

        // A port that is the scheme's own is there only when it was written.
        var hasPort = text["https://".Length..].TrimEnd('/').Split('/')[0].EndsWith($":{uri.Port}", StringComparison.Ordinal);
        return $"https://{uri.Host}:{(hasPort ? uri.Port : 8443)}";
    }

    private static CertificateAddToken? TryDecode(string text)
    {
        try
        {
            return text.Length < 40 ? null : Decode(text);
        }
        catch (ApiException)
        {
            return null;
        }
    }

    private static CertificateAddToken Decode(string text)
    {
        try
        {
            return Json.Parse<CertificateAddToken>(Encoding.UTF8.GetString(Convert.FromBase64String(text)));
        }
        catch (Exception e) when (e is FormatException or ApiException)
        {
            throw new ApiException(0, $"Failed decoding trust token: {e.Message}", e);
        }
    }
}
