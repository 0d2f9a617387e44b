using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using Lxd.Core;

namespace Lxc.Remotes;

/// <summary>The client's configuration: <c>$LXD_CONF/config.yml</c>, or <c>~/.config/lxc</c>, over the host's <c>/etc/lxd/config.yml</c> and what is built in.</summary>
internal sealed class ClientConfig
{
    private static readonly Dictionary<string, Remote> BuiltIn = new()
    {
        ["local"] = new("unix://") { Static = true },
        ["images"] = new("https://images.lxd.canonical.com") { Protocol = "simplestreams", Public = true, Static = true },
        ["ubuntu"] = new("https://cloud-images.ubuntu.com/releases/") { Protocol = "simplestreams", Public = true, Static = true },
        ["ubuntu-daily"] = new("https://cloud-images.ubuntu.com/daily/") { Protocol = "simplestreams", Public = true, Static = true },
        ["ubuntu-minimal"] = new("https://cloud-images.ubuntu.com/minimal/releases/") { Protocol = "simplestreams", Public = true, Static = true },
        ["ubuntu-minimal-daily"] = new("https://cloud-images.ubuntu.com/minimal/daily/") { Protocol = "simplestreams", Public = true, Static = true },
    };

    private const string Local = "local";

    private string _default = Local;

    private readonly string _global;

    /// <param name="directory">The user's; null for <c>$LXD_CONF</c> or the one below his home.</param>
    /// <param name="global">What all users of the host have; null for <c>$LXD_GLOBAL_CONF</c>, or <c>/etc/lxd</c>.</param>
    public ClientConfig(string? directory = null, string? global = null)
    {
        Directory = directory ?? DefaultDirectory();
        _global = global ?? (Environment.GetEnvironmentVariable("LXD_GLOBAL_CONF") is { Length: > 0 } chosen ? chosen : "/etc/lxd");
        Read(Path.Combine(_global, "config.yml"), true);
        foreach (var (name, remote) in BuiltIn)
        {
            Remotes.TryAdd(name, remote);
        }

        Read(Path.Combine(Directory, "config.yml"), false);
        foreach (var (name, remote) in BuiltIn.Where(b => b.Value.Static))
        {
            // Only the project in use there is the user's choice.
            Remotes[name] = remote with { Project = Remotes[name].Project };
        }
    }

    public string Directory { get; }

    public SortedDictionary<string, Remote> Remotes { get; } = new(StringComparer.Ordinal);

    public SortedDictionary<string, string> Aliases { get; } = new(StringComparer.Ordinal);

    /// <summary><c>$LXC_REMOTE</c>, or what the file says.</summary>
    public string Default
    {
        get => Environment.GetEnvironmentVariable("LXC_REMOTE") is { Length: > 0 } name ? name : _default;
        set => _default = value;
    }

    public string ServerCertificate(string remote) => Path.Combine(Directory, "servercerts", remote + ".crt");

    /// <summary>The file with the session of a remote's user, whom an identity provider knows.</summary>
    public string Session(string remote) => Path.Combine(Directory, "jars", remote);

    /// <summary>The file with the identity provider's tokens.</summary>
    public string Tokens(string remote) => Path.Combine(Directory, "oidctokens", remote + ".json");

    /// <summary>Logs out, as far as this client is concerned.</summary>
    public void ForgetLogin(string remote)
    {
        foreach (var file in ((string[])[Session(remote), Tokens(remote)]).Where(File.Exists))
        {
            File.Delete(file);
        }
    }

    /// <summary>Takes a remote of the user's away, with all that was kept of it.</summary>
    public void Remove(string remote)
    {
        Remotes.Remove(remote);
        ForgetLogin(remote);
        if (File.Exists(ServerCertificate(remote)))
        {
            File.Delete(ServerCertificate(remote));
        }
    }

    /// <summary>The file with the certificate a remote has to show; null where the system's authorities decide.</summary>
    public string? PinnedCertificate(string remote) => ((string[])[ServerCertificate(remote), Path.Combine(_global, "servercerts", remote + ".crt")]).FirstOrDefault(File.Exists);

    /// <summary>An authority whose servers the user takes without a question, <c>client.ca</c>; null without one.</summary>
    public X509Certificate2? Authority => Path.Combine(Directory, "client.ca") is var path && File.Exists(path) ? X509CertificateLoader.LoadCertificateFromFile(path) : null;

    /// <summary>The remote and the name of <c>REMOTE:NAME</c>; without one the default.</summary>
    public (string Remote, string Name) Split(string text, string? fallback = null)
    {
        var colon = text.IndexOf(':');
        // An address has no remote before it, nor has a snapshot's or image's name with a slash in front.
        if (colon < 0 || text[..colon].Contains('/'))
        {
            return (fallback ?? Default, text);
        }

        var remote = text[..colon];
        return Remotes.ContainsKey(remote) ? (remote, text[(colon + 1)..]) : throw new ApiException(0, $"The remote \"{remote}\" doesn't exist");
    }

    public Remote Get(string name) => Remotes.TryGetValue(name, out var remote) ? remote : throw new ApiException(0, $"The remote \"{name}\" doesn't exist");

    /// <summary>The project in use on a remote; empty for the default one. A remote of the host's configuration becomes the user's own by it.</summary>
    public void SetProject(string remote, string project)
    {
        Remotes[remote] = Get(remote) with { Project = project, Global = false };
        Save();
    }

    public void Save()
    {
        System.IO.Directory.CreateDirectory(Directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupRead | UnixFileMode.GroupExecute);
        var remotes = new JsonObject();
        foreach (var (name, remote) in Remotes.Where(r => r.Key == Local || !r.Value.Static && !r.Value.Global))
        {
            var map = new JsonObject { ["addr"] = remote.Address };
            foreach (var (key, value) in ((string, string)[])[("auth_type", remote.AuthType), ("project", remote.Project), ("protocol", remote.IsUnix ? "" : remote.Protocol)])
            {
                if (value.Length > 0)
                {
                    map[key] = value;
                }
            }

            map["public"] = remote.Public;
            remotes[name] = map;
        }

        var root = new JsonObject { ["default-remote"] = _default, ["remotes"] = remotes, ["aliases"] = new JsonObject(Aliases.Select(a => KeyValuePair.Create(a.Key, (JsonNode?)JsonValue.Create(a.Value)))) };
        var path = Path.Combine(Directory, "config.yml");
        File.WriteAllText(path + ".new", Yaml.Format((JsonNode)root));
        File.Move(path + ".new", path, true);
    }

    private static string DefaultDirectory() =>
        Environment.GetEnvironmentVariable("LXD_CONF") is { Length: > 0 } own ? own : Path.Combine(Environment.GetEnvironmentVariable("HOME") ?? "/root", ".config", "lxc");

    private void Read(string path, bool global)
    {
        if (!File.Exists(path) || Yaml.Parse(File.ReadAllText(path)) is not JsonObject root)
        {
            return;
        }

        foreach (var (name, node) in root["remotes"] as JsonObject ?? [])
        {
            if (node is JsonObject map)
            {
                Remotes[name] = new Remote(Text(map, "addr"))
                {
                    Protocol = Text(map, "protocol") is { Length: > 0 } protocol ? protocol : "lxd",
                    Public = (bool?)map["public"] ?? false,
                    AuthType = Text(map, "auth_type"),
                    Project = Text(map, "project"),
                    Global = global,
                };
            }
        }

        if (global)
        {
            // The host gives remotes; habits are the user's own.
            return;
        }

        foreach (var (name, value) in root["aliases"] as JsonObject ?? [])
        {
            Aliases[name] = value?.ToString() ?? "";
        }

        if (Text(root, "default-remote") is { Length: > 0 } chosen)
        {
            _default = chosen;
        }
    }

    private static string Text(JsonObject map, string key) => map[key]?.ToString() ?? "";
}
