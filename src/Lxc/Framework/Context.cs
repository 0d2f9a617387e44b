using System.Collections.Concurrent;
using System.Security.Cryptography.X509Certificates;
using Lxc.Output;
using Lxc.Remotes;
using Lxd.Client;
using Lxd.Client.SimpleStreams;
using Lxd.Core;

namespace Lxc.Framework;

/// <summary>What a command works with: the configuration, the servers, the terminal.</summary>
internal sealed class Context(ClientConfig config, CancellationToken cancel) : IDisposable
{
    private readonly ConcurrentDictionary<string, LxdConnection> _servers = new();

    public ClientConfig Config { get; } = config;

    public CancellationToken Cancel { get; } = cancel;

    public TextWriter Out { get; } = Console.Out;

    public TextWriter Err { get; } = Console.Error;

    public bool Quiet { get; init; }

    public bool Verbose { get; init; }

    public bool Debug { get; init; }

    public bool ForceLocal { get; init; }

    /// <summary>The project of <c>--project</c>, or <c>$LXD_PROJECT</c>; empty for the remote's own.</summary>
    public string Project { get; init; } = "";

    public Progress Progress => new(Out, Quiet || Console.IsOutputRedirected);

    /// <summary>The server of a remote. A simplestreams remote cannot run instances.</summary>
    public LxdConnection Server(string name)
    {
        name = ForceLocal ? "local" : name;
        return _servers.GetOrAdd(name, Connect);
    }

    public SimpleStreamsClient Streams(string name)
    {
        var handler = new SocketsHttpHandler { ConnectTimeout = LxdConnection.ConnectPatience };
        handler.SslOptions.CertificateChainPolicy = ServerTrust.Policy;
        handler.SslOptions.RemoteCertificateValidationCallback = ServerTrust.Of([], andSystem: true);
        return new(new HttpClient(new UrlLogin(handler)), Config.Get(name).Address);
    }

    /// <summary>The server and the name in <c>REMOTE:NAME</c>.</summary>
    public (LxdConnection Server, string Name) Resolve(string text)
    {
        var (remote, name) = Config.Split(text);
        return (Server(remote), name);
    }

    /// <summary>Tells what was done, unless <c>--quiet</c>.</summary>
    public Task SayAsync(string text) => Quiet ? Task.CompletedTask : Out.WriteLineAsync(text);

    /// <summary>Tells what goes on, with <c>--verbose</c>.</summary>
    public Task InformAsync(string text) => Verbose ? Err.WriteLineAsync($"time=\"{DateTime.UtcNow:yyyy-MM-dd'T'HH:mm:ss'Z'}\" level=info msg=\"{text}\"") : Task.CompletedTask;

    public static string UnixSocket()
    {
        if (Environment.GetEnvironmentVariable("LXD_SOCKET") is { Length: > 0 } own)
        {
            return own;
        }

        if (Environment.GetEnvironmentVariable("LXD_DIR") is { Length: > 0 } directory)
        {
            return Path.Combine(directory, "unix.socket");
        }

        const string snap = "/var/snap/lxd/common/lxd/unix.socket";
        return File.Exists(snap) ? snap : "/var/lib/lxd/unix.socket";
    }

    public void Dispose()
    {
        foreach (var server in _servers.Values)
        {
            server.Dispose();
        }
    }

    private LxdConnection Connect(string name)
    {
        var remote = Config.Get(name);
        var project = Project.Length > 0 ? Project : remote.Project;
        project = project == "default" ? "" : project;
        if (remote.IsUnix)
        {
            var path = remote.Address["unix:".Length..].TrimStart('/') is { Length: > 0 } given ? "/" + given : UnixSocket();
            return LxdConnection.Unix(path, project);
        }

        if (remote.Protocol != "lxd")
        {
            throw new ApiException(0, "The remote isn't a private LXD server");
        }

        // A token says who asks: no certificate besides it, which could say something else.
        var bearer = Environment.GetEnvironmentVariable("LXD_AUTH_BEARER_TOKEN") ?? "";
        var login = bearer.Length == 0 && remote.AuthType == "oidc" ? BrowserLogin.Of(Config, name, Err) : null;
        return LxdConnection.Tls(remote.Address, bearer.Length > 0 || login is not null ? null : ClientCertificate.Load(Config.Directory), Config.PinnedCertificate(name) is { } pinned ? X509CertificateLoader.LoadCertificateFromFile(pinned) : null, project, bearer, Config.Authority, login);
    }
}
