using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using Lxd.Core;
using Lxd.Daemon.Http;

namespace Lxd.Daemon.Identities;

/// <summary>Somebody the server knows.</summary>
/// <param name="Identifier">Unique within a way to authenticate: a certificate's fingerprint, the address of a mail, a generated id.</param>
internal sealed record IdentityRecord(long Id, IdentityType Type, string Identifier, string Name)
{
    /// <summary>The certificate, empty where there is none.</summary>
    public string Pem { get; init; } = "";

    /// <summary>What a restricted certificate may use.</summary>
    public IReadOnlyList<string> Projects { get; init; } = [];

    /// <summary>The groups it is in.</summary>
    public IReadOnlyList<string> Groups { get; init; } = [];

    /// <summary>What is kept of it besides, as JSON: the secret and end of a pending one's token, the end of a bearer's token, the subject of an OIDC client.</summary>
    public string Metadata { get; init; } = "";

    /// <summary>What its tokens are signed with; empty where none was issued.</summary>
    public string SigningKey { get; init; } = "";

    public Entity Entity => Type.IsCertificate ? Entity.Of(EntityKind.Certificate, "", Identifier) : Entity.Of(EntityKind.Identity, "", Type.MethodName, Identifier);

    public string Url => Names.Url("default", "1.0", "auth", "identities", Type.MethodName, Identifier);

    public string? Fact(string name) => Metadata.Length == 0 ? null : (string?)JsonNode.Parse(Metadata)?[name];

    /// <summary>When its certificate or its token ends; null where it has neither.</summary>
    public DateTime? ExpiresAt
    {
        get
        {
            if (Pem.Length > 0)
            {
                using var certificate = X509Certificate2.CreateFromPem(Pem);
                return certificate.NotAfter.ToUniversalTime();
            }

            return Type.AuthMethod == IdentityType.BearerMethod && Fact("expires_at") is { } text ? GoTime.Parse(text) : null;
        }
    }
}
