namespace Lxd.Core.Config.Schemas;

/// <summary>Server configuration.</summary>
public static class ServerKeys
{
    /// <summary>Keys of the server.</summary>
    public static ConfigSchema Schema { get; } = new("server", [.. Core, .. Images, .. Acme, .. Oidc, .. Cluster, .. Loki, .. Miscellaneous]) { Scope = "global" };

    /// <summary>The server itself.</summary>
    private static IEnumerable<ConfigKey> Core => ConfigSchema.InGroup("core",
    [
        new("core.auth_secret_expiry", "string", "1m", "How long the secret lives that signs tokens and sessions, such as `1m` for a month; a day at least, and as long as logins last.", Check: Checks.Lasts(TimeSpan.FromDays(1))),
        new("core.bgp_address", Help: "Address the BGP speaker listens on. Unset: there is none.") { Scope = "local" },
        new("core.bgp_asn", "string", "0", "Number of the autonomous system the BGP speaker is in."),
        new("core.bgp_routerid", Help: "Router id of the BGP speaker, written as an IPv4 address.") { Scope = "local" },
        new("core.debug_address", Help: "Address of a listener for debugging. Unset: there is none.") { Scope = "local" },
        new("core.dns_address", Help: "Address the DNS server for network zones listens on. Unset: there is none.") { Scope = "local" },
        new("core.https_address",
            Help: "Address and port the API listens on for clients over the network; `:8443` for all addresses. Unset: only the unix socket.") { Scope = "local" },
        new("core.https_allowed_credentials", "bool", "false", "Whether web pages of the allowed origin may send credentials along."),
        new("core.https_allowed_headers", Help: "Value of the CORS header for allowed request headers."),
        new("core.https_allowed_methods", Help: "Value of the CORS header for allowed methods."),
        new("core.https_allowed_origin", Help: "Value of the CORS header for the origin whose web pages may use the API."),
        new("core.https_trusted_proxy", Help: "Addresses of proxies, separated by commas, that tell the client's own address with the PROXY protocol.", Check: Checks.Each(Checks.Address)),
        new("core.metrics_address", Help: "Address and port where only metrics are served. Unset: they are served by the API alone.") { Scope = "local" },
        new("core.metrics_authentication", "bool", "true", "Whether metrics are shown to trusted clients only."),
        new("core.proxy_http", Help: "Proxy the server uses for http. Unset: the one of its environment."),
        new("core.proxy_https", Help: "Proxy the server uses for https. Unset: the one of its environment."),
        new("core.proxy_ignore_hosts", Help: "Hosts the server reaches without a proxy, separated by commas."),
        new("core.remote_token_expiry", "string", "15d", "How long a token that adds a client is good for, such as `1d`. Empty: for ever.", Check: Checks.Lasts(TimeSpan.Zero)),
        new("core.shutdown_timeout", "integer", "5", "Minutes a stop of the server waits for running operations."),
        new("core.syslog_socket", "bool", "false", "Whether the server reads log messages of OVN from a socket and passes them on as events.") { Scope = "local" },
        new("core.trust_ca_certificates", "bool", "false", "Whether clients are trusted that show a certificate signed by `server.ca`."),
        new("core.trust_password",
            Help: "Password with which a client may add its own certificate. It is kept as a hash and shown as `true`. Unset: clients need a token.") { Secret = true },
    ]);

    /// <summary>Images.</summary>
    private static IEnumerable<ConfigKey> Images => ConfigSchema.InGroup("images",
    [
        new("images.auto_update_cached", "bool", "true", "Whether images that were fetched for a launch are kept up to date."),
        new("images.auto_update_interval", "integer", "6", "Hours between two looks for newer images; 0 for never."),
        new("images.compression_algorithm", "string", "gzip", "Program that compresses new images, with its options: `gzip`, `zstd -3`, `xz`, `squashfs` or `none`.", Check: Compressor.Check),
        new("images.default_architecture", Help: "Architecture of images that are asked for without one. Unset: that of the server.") { Scope = "" },
        new("images.remote_cache_expiry", "integer", "10", "Days an image that was fetched for a launch is kept without being used; 0 for ever."),
    ]);

    /// <summary>Certificates of an ACME authority.</summary>
    private static IEnumerable<ConfigKey> Acme => ConfigSchema.InGroup("acme",
    [
        new("acme.agree_tos", "bool", "false", "Whether you agree to the terms of service of the certificate authority; no certificate is asked for otherwise."),
        new("acme.ca_url", "string", "https://acme-v02.api.letsencrypt.org/directory", "Address (https) of the directory of the ACME certificate authority. A change asks the new one for a certificate at once."),
        new("acme.domain", Help: "Host name the certificate of the server is for. The authority looks for a proof at `http://NAME/.well-known/acme-challenge/`, port 80, which has to be redirected to the HTTPS address of the server. Unset: no certificate is asked for."),
        new("acme.email", Help: "Address of the account at the certificate authority. Unset: no certificate is asked for."),
    ]);

    /// <summary>Logins with OIDC.</summary>
    private static IEnumerable<ConfigKey> Oidc => ConfigSchema.InGroup("oidc",
    [
        new("oidc.audience", Help: "Audience that tokens of the identity provider have to be for."),
        new("oidc.client.id", Help: "Client id of the server at the identity provider."),
        new("oidc.client.secret", Help: "Client secret of the server at the identity provider, where it wants one."),
        new("oidc.device.client.id", Help: "Client id for logins from the command line, where it is another.") { DefaultText = "value of `oidc.client.id`" },
        new("oidc.groups.claim", Help: "Claim of a token that tells the groups of the user."),
        new("oidc.issuer", Help: "URL of the identity provider. Unset: there is no login with OIDC.", Check: Checks.HttpUrl),
        new("oidc.scopes", "space-delimited string", "openid email offline_access profile", "What the identity provider is asked for, separated by spaces.", Check: Scopes),
        new("oidc.session.expiry", "string", "1w", "How long a login lasts, such as `1w`; an hour at least.", Check: Checks.Lasts(TimeSpan.FromHours(1))),
    ]);

    /// <summary>Clusters.</summary>
    private static IEnumerable<ConfigKey> Cluster => ConfigSchema.InGroup("cluster",
    [
        new("cluster.healing_threshold", "integer", "0", "Seconds after which instances of a member that does not answer are started elsewhere; 0 for never."),
        new("cluster.https_address", Help: "Address this member speaks with the others on; it has to stay the same while it is in the cluster.") { Scope = "local" },
        new("cluster.images_minimal_replica", "integer", "3", "Number of members that keep a copy of each image; -1 for all of them."),
        new("cluster.join_token_expiry", "string", "3H", "How long a token to join the cluster is good for, such as `3H` or `2d`."),
        new("cluster.max_standby", "integer", "2", "Number of members that keep a copy of the database without a vote."),
        new("cluster.max_voters", "integer", "3", "Number of members that vote on the database: an odd number, 3 or more.", Check: Checks.Range(3, 99)),
        new("cluster.offline_threshold", "integer", "20", "Seconds after which a member that does not answer counts as offline.", Check: Checks.Range(10, long.MaxValue)),
    ]);

    /// <summary>Logs sent to Loki.</summary>
    private static IEnumerable<ConfigKey> Loki => ConfigSchema.InGroup("loki",
    [
        new("loki.api.ca_cert", Help: "Certificate of the authority that signed the Loki server's own, in PEM."),
        new("loki.api.url", Help: "URL of the Loki server that logs are sent to. Unset: none are sent.", Check: Checks.HttpUrl),
        new("loki.auth.password", Help: "Password at the Loki server."),
        new("loki.auth.username", Help: "User at the Loki server."),
        new("loki.instance", Help: "Value of the label `instance` on what is sent.") { DefaultText = "host name, or name of the cluster member" },
        new("loki.labels", Help: "Values of events that become labels, separated by commas."),
        new("loki.loglevel", "string", "info", "Least severe level of log messages that are sent: `debug`, `info`, `warning` or `error`.", Check: Checks.OneOf("panic", "fatal", "error", "warning", "info", "debug", "trace")),
        new("loki.types", "string", "lifecycle,logging", "Kinds of events that are sent, separated by commas.", Check: Checks.Each(Checks.OneOf("lifecycle", "logging", "ovn", "security"))),
    ]);

    /// <summary>What stands by itself.</summary>
    private static IEnumerable<ConfigKey> Miscellaneous => ConfigSchema.InGroup("miscellaneous",
    [
        new("backups.compression_algorithm", "string", "gzip", "Program that compresses new backups, with its options: `gzip`, `zstd -3`, `xz` or `none`.", Check: Compressor.Check),
        new("instances.migration.stateful", "bool", "false", "What `migration.stateful` is for new virtual machines that do not say it."),
        new("instances.nic.host_name", "string", "random", "How interfaces on the host are named: `random`, or `mac` for a name made of the MAC address."),
        new("network.ovn.ca_cert", Help: "Certificate of the authority of the OVN servers, in PEM.") { DefaultText = "content of `/etc/ovn/ovn-central.crt`, if there" },
        new("network.ovn.client_cert", Help: "Certificate shown to the OVN servers, in PEM.") { DefaultText = "content of `/etc/ovn/cert_host`, if there" },
        new("network.ovn.client_key", Help: "Key of the certificate shown to the OVN servers, in PEM.") { DefaultText = "content of `/etc/ovn/key_host`, if there" },
        new("network.ovn.integration_bridge", "string", "br-int", "Bridge of the host that instances of OVN networks are plugged into."),
        new("network.ovn.northbound_connection",
            Help: "Where the northbound database of OVN is reached.") { DefaultText = "`unix:/var/run/ovn/ovnnb_db.sock`, or that of MicroOVN" },
        new("storage.backups_volume", Help: "Volume that backups are kept on, as `POOL/VOLUME`. Unset: the server's own directory.") { Scope = "local" },
        new("storage.images_volume", Help: "Volume that images are kept on, as `POOL/VOLUME`. Unset: the server's own directory.") { Scope = "local" },
        new("storage.project.*.backups_volume",
            Help: "Volume that backups of this project are kept on, as `POOL/VOLUME`. Unset: where the others are.") { Star = "{name}", Scope = "local" },
        new("storage.project.*.images_volume",
            Help: "Volume that images of this project are kept on, as `POOL/VOLUME`. Unset: where the others are.") { Star = "{name}", Scope = "local" },
        new("user.instances.placement.scriptlet", Help: "Kept from older clusters, which read a placement scriptlet from it. It has no effect."),
        new("volatile.uuid", Help: "UUID of the server, made at its first start."),
        new("user.*", Help: "Anything you want to keep with the server. It does nothing."),
    ]);

    /// <summary>Without these two nobody can be told apart.</summary>
    private static void Scopes(string value)
    {
        foreach (var needed in (string[])["openid", "email"])
        {
            if (!value.Split(' ').Contains(needed))
            {
                throw ApiException.BadRequest($"OIDC scopes must contain \"{needed}\"");
            }
        }
    }
}
