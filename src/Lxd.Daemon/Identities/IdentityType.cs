namespace Lxd.Daemon.Identities;

/// <summary>What an identity is, by the code of the identities table.</summary>
/// <param name="Name">As the API names it.</param>
/// <param name="AuthMethod">1 tls, 2 oidc, 3 bearer.</param>
internal sealed record IdentityType(int Code, string Name, int AuthMethod)
{
    public const int TlsMethod = 1;
    public const int OidcMethod = 2;
    public const int BearerMethod = 3;

    public static readonly IdentityType ClientRestricted = new(1, "Client certificate (restricted)", TlsMethod);
    public static readonly IdentityType ClientUnrestricted = new(2, "Client certificate (unrestricted)", TlsMethod);
    public static readonly IdentityType ServerCertificate = new(3, "Server certificate", TlsMethod);
    public static readonly IdentityType MetricsRestricted = new(4, "Metrics certificate (restricted)", TlsMethod);
    public static readonly IdentityType Oidc = new(5, "OIDC client", OidcMethod) { IsFineGrained = true };
    public static readonly IdentityType MetricsUnrestricted = new(6, "Metrics certificate (unrestricted)", TlsMethod);
    public static readonly IdentityType Tls = new(7, "Client certificate", TlsMethod) { IsFineGrained = true };
    public static readonly IdentityType TlsPending = new(8, "Client certificate (pending)", TlsMethod) { IsFineGrained = true, IsPending = true };
    public static readonly IdentityType DevLxdBearer = new(9, "DevLXD token bearer", BearerMethod) { IsFineGrained = true };
    public static readonly IdentityType Bearer = new(10, "Client token bearer", BearerMethod) { IsFineGrained = true };
    public static readonly IdentityType InitialUi = new(11, "Initial UI token bearer", BearerMethod);
    public static readonly IdentityType ClusterLink = new(12, "Cluster link certificate", TlsMethod) { IsFineGrained = true };
    public static readonly IdentityType ClusterLinkPending = new(13, "Cluster link certificate (pending)", TlsMethod) { IsFineGrained = true, IsPending = true };

    private static readonly IdentityType[] All =
    [
        ClientRestricted, ClientUnrestricted, ServerCertificate, MetricsRestricted, Oidc, MetricsUnrestricted, Tls, TlsPending, DevLxdBearer, Bearer, InitialUi, ClusterLink, ClusterLinkPending,
    ];

    /// <summary>Whether its rights come from groups.</summary>
    public bool IsFineGrained { get; private init; }

    /// <summary>Whether it waits for somebody to come with its token.</summary>
    public bool IsPending { get; private init; }

    /// <summary>Whether it is a certificate of <c>/1.0/certificates</c>.</summary>
    public bool IsCertificate => Code is 1 or 2 or 3 or 4 or 6;

    public bool IsRestricted => Code is 1 or 4;

    public bool IsMetrics => Code is 4 or 6;

    /// <summary><c>tls</c>, <c>oidc</c> or <c>bearer</c>.</summary>
    public string MethodName => Method(AuthMethod);

    /// <summary>The type as <c>/1.0/certificates</c> tells it.</summary>
    public string CertificateType => IsMetrics ? "metrics" : Code == 3 ? "server" : "client";

    public static IdentityType Of(long code) => Array.Find(All, t => t.Code == code) ?? throw new InvalidOperationException($"unknown identity type {code}");

    public static IdentityType? Find(string name) => Array.Find(All, t => t.Name == name);

    public static IdentityType OfCertificate(string type, bool restricted) => (type, restricted) switch
    {
        ("server", _) => ServerCertificate,
        ("metrics", true) => MetricsRestricted,
        ("metrics", false) => MetricsUnrestricted,
        (_, true) => ClientRestricted,
        _ => ClientUnrestricted,
    };

    public static string Method(long code) => code switch
    {
        TlsMethod => "tls",
        OidcMethod => "oidc",
        _ => "bearer",
    };
}
