namespace Lxd.Daemon.Identities;

/// <summary>A client known by its TLS certificate.</summary>
/// <param name="Type">The code of the identities table: 1 client restricted, 2 client, 4 metrics restricted, 6 metrics.</param>
/// <param name="Fingerprint">SHA-256 of the certificate, hex.</param>
/// <param name="Pem">The certificate.</param>
/// <param name="Projects">What a restricted identity may use.</param>
internal sealed record TlsIdentity(int Type, string Name, string Fingerprint, string Pem, IReadOnlyList<string> Projects)
{
    public const int ClientRestricted = 1;
    public const int Client = 2;
    public const int MetricsRestricted = 4;
    public const int Metrics = 6;

    public bool Restricted => Type is ClientRestricted or MetricsRestricted;

    /// <summary><c>client</c> or <c>metrics</c>.</summary>
    public string TypeName => Type is Metrics or MetricsRestricted ? "metrics" : "client";

    public static int TypeCode(string name, bool restricted) => (name, restricted) switch
    {
        ("metrics", true) => MetricsRestricted,
        ("metrics", false) => Metrics,
        (_, true) => ClientRestricted,
        _ => Client,
    };
}
